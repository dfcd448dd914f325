package io.apiserverlb.api;

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
 * What one client is sent as it happens, in the format of server-sent events.
 *
 * <p>Whoever has something for the client never waits for it.
 */
final class EventStream<T> implements Consumer<T> {
    /** What becomes of a client that does not keep up. */
    enum Lag {
        /** It is sent nothing more, since it could not tell what it has missed. */
        ENDS,
        /** It misses what waits for it when there is something newer. */
        SKIPS
    }

    private static final byte[] BEGINNING = bytes(": events of apiserver-lb\nretry: 2000\n\n");
    private static final byte[] HEARTBEAT = bytes(":\n\n");

    private final int backlog;
    private final Lag lag;
    private final Duration heartbeat;
    private final Function<T, byte[]> format;
    /** An empty one is the end. */
    private final BlockingQueue<Optional<T>> waiting;

    private volatile boolean over;

    /**
     * Nothing is sent yet.
     *
     * @param backlog how many events may wait for the client
     * @param heartbeat after how long without an event the client is sent something all the same
     * @param format an event as it is sent, with the empty line behind it; called on the client's thread
     */
    EventStream(int backlog, Lag lag, Duration heartbeat, Function<T, byte[]> format) {
        this.backlog = backlog;
        this.lag = lag;
        this.heartbeat = heartbeat;
        this.format = format;
        this.waiting = new LinkedBlockingQueue<>();
    }

    @Override
    public void accept(T event) {
        if (waiting.size() >= backlog) {
            if (lag == Lag.ENDS) {
                end();
                return;
            }
            waiting.clear();
        }
        waiting.add(Optional.of(event));
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
    void send(List<T> first, OutputStream client) throws IOException, InterruptedException {
        client.write(BEGINNING);
        for (T event : first) {
            client.write(format.apply(event));
        }
        client.flush();
        while (!over) {
            byte[] next = next();
            if (next != null) {
                client.write(next);
            }
            if (waiting.isEmpty()) {
                client.flush();
            }
        }
    }

    private byte @Nullable [] next() throws InterruptedException {
        Optional<T> next = waiting.poll(heartbeat.toNanos(), TimeUnit.NANOSECONDS);
        return next == null ? HEARTBEAT : next.map(format).orElse(null);
    }

    /** A text as it is sent. */
    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
