package io.apiserverlb.api;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.context.SmartLifecycle;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;

/**
 * The clients that follow one thing as it happens: a few, each on the thread of its request.
 *
 * <p>They hear of the balancer's stopping, and are let go before the web server waits for its requests to end.
 */
final class EventStreams implements SmartLifecycle {
    /** After how long without an event clients are sent something all the same. */
    static final Duration HEARTBEAT = Duration.ofSeconds(15);

    private final StreamPlaces places;
    private final Set<EventStream<?>> streams = ConcurrentHashMap.newKeySet();
    private volatile boolean running = true;

    /** @param subject what they follow, in words */
    EventStreams(String subject) {
        this.places = new StreamPlaces(subject);
    }

    /**
     * Sends a client what a source has for it until it is gone, or this is stopped.
     *
     * @throws ProblemException if there are too many clients
     */
    <T> void serve(
            EventSource<T> source, EventStream<T> stream, HttpServletRequest request, HttpServletResponse response) {
        if (!running) {
            throw new ProblemException(HttpStatus.SERVICE_UNAVAILABLE, "the balancer is stopping");
        }
        String ip = request.getRemoteAddr();
        places.take(ip);
        CallLimit.becomeStream(request);
        try {
            List<T> first = source.follow(stream);
            streams.add(stream);
            if (running) { // looked at after the stream can be seen: else nobody would end it
                response.setContentType(MediaType.TEXT_EVENT_STREAM_VALUE);
                stream.send(first, response.getOutputStream());
            }
        } catch (IOException e) {
            // the client is gone, or did not take what it was sent
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            source.unfollow(stream);
            streams.remove(stream);
            places.leave(ip);
        }
    }

    @Override
    public void start() {
        running = true;
    }

    @Override
    public void stop() {
        running = false;
        streams.forEach(EventStream::end);
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** Stops after the balancer, which has the last phase. */
    @Override
    public int getPhase() {
        return SmartLifecycle.DEFAULT_PHASE - 1;
    }
}
