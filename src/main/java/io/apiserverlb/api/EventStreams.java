package io.apiserverlb.api;

import io.apiserverlb.pool.Event;
import io.apiserverlb.pool.Events;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * The clients that follow events as they happen: a few, each on the thread of its request.
 *
 * <p>They hear of the balancer's stopping, and are let go before the web server waits for its requests to end.
 */
@Component
final class EventStreams implements SmartLifecycle {
    /** Each has a thread of the web server's, of which there are many more. */
    static final int MOST_STREAMS = 16;

    private static final Duration HEARTBEAT = Duration.ofSeconds(15);

    private final Events events;
    private final JsonMapper json;
    private final Semaphore free = new Semaphore(MOST_STREAMS);
    private final Set<EventStream> streams = ConcurrentHashMap.newKeySet();
    private volatile boolean running = true;

    EventStreams(Events events, JsonMapper json) {
        this.events = events;
        this.json = json;
    }

    /**
     * Sends events to a client until it is gone, or this is stopped.
     *
     * @param after the last event that it knows; null: only what happens from now on
     * @throws ProblemException if there are too many clients
     */
    void serve(@Nullable String after, HttpServletResponse response) {
        if (!running || !free.tryAcquire()) {
            throw new ProblemException(
                    HttpStatus.SERVICE_UNAVAILABLE,
                    running
                            ? MOST_STREAMS + " clients follow the events, and no more can"
                            : "the balancer is stopping");
        }
        EventStream stream = new EventStream(Events.CAPACITY, HEARTBEAT, this::text);
        List<Event> first = events.follow(after, stream);
        try {
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
            events.unfollow(stream);
            streams.remove(stream);
            free.release();
        }
    }

    private String text(Event event) {
        return json.writeValueAsString(EventView.from(event));
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
