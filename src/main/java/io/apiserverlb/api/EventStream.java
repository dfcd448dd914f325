package io.apiserverlb.api;

import io.apiserverlb.pool.Event;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The events that one client is sent as they happen, in the format of server-sent events.
 *
 * <p>Whoever records an event never waits for the client: one that falls too far behind is sent nothing more.
 */
final class EventStream implements Consumer<Event> {
    private static final String BEGINNING = ": events of apiserver-lb\nretry: 2000\n\n";
    private static final String HEARTBEAT = ":\n\n";

    private final int backlog;
    private final Duration heartbeat;
    private final Function<Event, String> json;
    /** An empty one is the end. */
    private final BlockingQueue<Optional<Event>> waiting;

    private volatile boolean over;

    /**
     * Nothing is sent yet.
     *
     * @param backlog how many events may wait for the client
     * @param heartbeat after how long without an event the client is sent something all the same
     */
    EventStream(int backlog, Duration heartbeat, Function<Event, String> json) {
        this.backlog = backlog;
        this.heartbeat = heartbeat;
        this.json = json;
        this.waiting = new LinkedBlockingQueue<>();
    }

    @Override
    public void accept(Event event) {
        if (waiting.size() >= backlog) {
            end();
        } else {
            waiting.add(Optional.of(event));
        }
    }

    /** Ends it, by any thread. */
    void end() {
        over = true;
        waiting.clear();
        waiting.add(Optional.empty());
    }

    boolean isOver() {
        return over;
    }

    /**
     * Sends these events, then each as it happens, until the end.
     *
     * @throws IOException if the client is gone
     */
    void send(List<Event> first, OutputStream client) throws IOException, InterruptedException {
        write(BEGINNING, client);
        for (Event event : first) {
            write(text(event), client);
        }
        client.flush();
        while (!over) {
            String next = next();
            if (next != null) {
                write(next, client);
            }
            if (waiting.isEmpty()) {
                client.flush();
            }
        }
    }

    private @Nullable String next() throws InterruptedException {
        Optional<Event> next = waiting.poll(heartbeat.toNanos(), TimeUnit.NANOSECONDS);
        return next == null ? HEARTBEAT : next.map(this::text).orElse(null);
    }

    private String text(Event event) {
        return "id: " + event.id() + "\ndata: " + json.apply(event) + "\n\n";
    }

    private static void write(String text, OutputStream client) throws IOException {
        client.write(text.getBytes(StandardCharsets.UTF_8));
    }
}
