package io.apiserverlb.fleet;

import java.time.Instant;
import java.time.InstantSource;
import java.util.PriorityQueue;

/** Virtual time: what is to happen, in order. Both clocks of a balancer show it. */
final class Timeline implements InstantSource {
    private record Task(long at, long number, Runnable action) implements Comparable<Task> {
        @Override
        public int compareTo(Task other) {
            return at == other.at ? Long.compare(number, other.number) : Long.compare(at, other.at);
        }
    }

    private static final Instant START = Instant.parse("2026-11-23T04:00:00Z");

    private final PriorityQueue<Task> tasks = new PriorityQueue<>();
    private long now;
    private long scheduled;

    void after(double seconds, Runnable action) {
        tasks.add(new Task(now + (long) (seconds * 1e9), scheduled++, action));
    }

    /** Lets everything happen that is to happen before a time, in seconds from the beginning. */
    void runUntil(double seconds) {
        long end = (long) (seconds * 1e9);
        while (!tasks.isEmpty() && tasks.peek().at() < end) {
            Task task = tasks.remove();
            now = task.at();
            task.action().run();
        }
        now = end;
    }

    double seconds() {
        return now / 1e9;
    }

    long nanos() {
        return now;
    }

    @Override
    public Instant instant() {
        return START.plusNanos(now);
    }
}
