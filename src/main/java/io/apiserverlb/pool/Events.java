package io.apiserverlb.pool;

import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The latest events, oldest first; of refused calls a quarter at most once there are many, so that who is refused again and again does not
 * push out what was changed.
 *
 * <p>Safe for use by any thread. Listeners are called in order, on the thread that records, and must only hand off.
 */
public final class Events {
    /** How many are kept. */
    public static final int CAPACITY = 1_000;

    /** How many of them tell of refused calls, if there are more to keep. */
    static final int MOST_REFUSALS = CAPACITY / 4;

    /** In characters, of each text of an event, which is one line: what happened to many servers is not kept for all of them. */
    static final int LONGEST_TEXT = 2_000;

    private final InstantSource clock;
    private final String boot;
    private final Deque<Event> ring = new ArrayDeque<>(CAPACITY);
    private final List<Consumer<Event>> listeners = new CopyOnWriteArrayList<>();
    private long sequence;
    private int refusals;

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
        if (isRefusal(type)) {
            refusals++;
        }
        if (ring.size() == CAPACITY) {
            makeRoom();
        }
        sequence++;
        Event event = new Event(
                boot + "-" + sequence,
                clock.instant(),
                type,
                severity,
                server,
                shortened(actor),
                shortened(message),
                before == null ? null : shortened(before),
                after == null ? null : shortened(after));
        ring.addLast(event);
        listeners.forEach(listener -> listener.accept(event));
    }

    private static boolean isRefusal(Event.Type type) {
        return type == Event.Type.ACCESS;
    }

    private void makeRoom() {
        Iterator<Event> oldest = ring.iterator();
        Event event = oldest.next();
        while (refusals > MOST_REFUSALS && !isRefusal(event.type()) && oldest.hasNext()) {
            event = oldest.next();
        }
        oldest.remove();
        if (isRefusal(event.type())) {
            refusals--;
        }
    }

    private static String shortened(String text) {
        int more = text.length() - LONGEST_TEXT;
        String start = OneLine.unbroken(more <= 0 ? text : text.substring(0, LONGEST_TEXT));
        return more <= 0 ? start : start + "… and " + more + " characters more";
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
        long last = number(id);
        return last > sequence
                ? 0
                : (int) ring.stream()
                        .takeWhile(event -> number(event.id()) <= last)
                        .count();
    }

    /** The number of an event of this run of the process, or 0. */
    private long number(String id) {
        String prefix = boot + "-";
        try {
            return id.startsWith(prefix) ? Long.parseLong(id.substring(prefix.length())) : 0;
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
