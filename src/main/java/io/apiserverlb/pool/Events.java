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

    /** In characters, of each text of an event: what happened to many servers is not kept for all of them. */
    static final int LONGEST_TEXT = 2_000;

    private final InstantSource clock;
    private final String boot;
    private final Deque<Event> ring = new ArrayDeque<>(CAPACITY);
    private final List<Consumer<Event>> listeners = new CopyOnWriteArrayList<>();
    private long sequence;

    public Events(InstantSource clock) {
        this.clock = clock;
        this.boot = Long.toString(clock.millis(), Character.MAX_RADIX);
    }

    /** This run of the process, as the ids of its events begin. */
    public String boot() {
        return boot;
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
                boot + "-" + sequence,
                clock.instant(),
                type,
                severity,
                server,
                actor,
                shortened(message),
                before == null ? null : shortened(before),
                after == null ? null : shortened(after));
        ring.addLast(event);
        listeners.forEach(listener -> listener.accept(event));
    }

    private static String shortened(String text) {
        int more = text.length() - LONGEST_TEXT;
        return more <= 0 ? text : text.substring(0, LONGEST_TEXT) + "… and " + more + " characters more";
    }

    public synchronized List<Event> latest() {
        return new ArrayList<>(ring);
    }

    /**
     * Has a listener called with each event from now on.
     *
     * @param after the last event that it knows; null: it knows enough
     * @return the events before now that it does not know, oldest first: after one of another run of the process, or one that was never
     *     recorded, all that are kept
     */
    public synchronized List<Event> follow(@Nullable String after, Consumer<Event> listener) {
        listeners.add(listener);
        return after == null ? List.of() : latest().subList(known(after), ring.size());
    }

    /** How many of the events that are kept are not later than the one with this id. */
    private int known(String id) {
        String prefix = boot + "-";
        if (!id.startsWith(prefix)) {
            return 0;
        }
        try {
            long number = Long.parseLong(id.substring(prefix.length()));
            long left = sequence - number;
            return left < 0 || left > ring.size() ? 0 : ring.size() - (int) left;
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    /** Calls a listener no more. */
    public void unfollow(Consumer<Event> listener) {
        listeners.remove(listener);
    }

    /** Is called with each event from now on. */
    public void subscribe(Consumer<Event> listener) {
        listeners.add(listener);
    }
}
