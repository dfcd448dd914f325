package io.apiserverlb.failover;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * How long this machine itself did nothing: a thread that wants to run every few milliseconds notes how late it was. What takes long while
 * the machine hiccups is not the balancer's doing, and limits allow for it.
 */
public final class Hiccups {
    private static final long PERIOD = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long WORTH_NOTING = TimeUnit.MILLISECONDS.toNanos(3);
    private static final Queue<Hiccup> ALL = new ConcurrentLinkedQueue<>();

    private record Hiccup(long from, long to) {}

    private static final class Watch implements Runnable {
        private long due = System.nanoTime() + PERIOD;

        @Override
        public void run() {
            long now = System.nanoTime();
            if (now - due > WORTH_NOTING) {
                ALL.add(new Hiccup(due, now));
            }
            due = now + PERIOD;
        }
    }

    static {
        ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "hiccups");
            thread.setDaemon(true);
            return thread;
        });
        executor.scheduleWithFixedDelay(new Watch(), 0, PERIOD, TimeUnit.NANOSECONDS);
    }

    private Hiccups() {}

    /** Nanoseconds of a time span in which nothing ran. */
    public static long within(long from, long to) {
        return ALL.stream()
                .mapToLong(hiccup -> Math.min(hiccup.to, to) - Math.max(hiccup.from, from))
                .filter(overlap -> overlap > 0)
                .sum();
    }
}
