package io.apiserverlb.pool;

import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The latest events, oldest first.
 *
 * <p>Safe for use by any thread. Listeners are called in order, on the thread that records, and must only hand off.
 */
public final class Events {
    /** How many are kept. */
    public static final int CAPACITY = 1_000;

    private final InstantSource clock;
    private final String boot;
    private final Deque<Event> ring = new ArrayDeque<>(CAPACITY);
    private final List<Consumer<Event>> listeners = new CopyOnWriteArrayList<>();
    private long sequence;

    public Events(InstantSource clock) {
        this.clock = clock;
        this.boot = Long.toString(clock.millis(), Character.MAX_RADIX);
    }

    /** Records an event about no particular server. */
    public void record(Event.Type type, Event.Severity severity, String actor, String message) {
        record(type, severity, null, actor, message, null, null);
    }

    public synchronized void record(
            Event.Type type,
            Event.Severity severity,
            @Nullable ServerAddress server,
            String actor,
            String message,
            @Nullable String before,
            @Nullable String after) {
        if (ring.size() == CAPACITY) {
            ring.removeFirst();
        }
        sequence++;
        Event event = new Event(
                boot + "-" + sequence, clock.instant(), type, severity, server, actor, message, before, after);
        ring.addLast(event);
        listeners.forEach(listener -> listener.accept(event));
    }

    public synchronized List<Event> latest() {
        return new ArrayList<>(ring);
    }

    /** Is called with each event from now on. */
    public void subscribe(Consumer<Event> listener) {
        listeners.add(listener);
    }
}
