package io.apiserverlb.proxy;

import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.ObjLongConsumer;
import java.util.random.RandomGenerator;

/**
 * Gives each of many sessions a time of its own: spread with jitter, idle ones first.
 *
 * <p>Safe for use by any thread.
 */
record Pacing(ScheduledExecutorService scheduler, LongSupplier nanoTime, RandomGenerator random) {

    /** The idle ones first. */
    static void sort(List<Session> sessions) {
        // Read once: it changes while others are being sorted.
        Map<Session, Long> lastActive = new HashMap<>();
        sessions.forEach(session -> lastActive.put(session, session.lastActive()));
        sessions.sort(Comparator.comparing(lastActive::get));
    }

    /**
     * Has something done to each of these sessions between two times from now.
     *
     * @param planned is told at once, with the nano time that a session is given
     * @param due is told when that time has come, with the same
     */
    void spread(
            List<Session> sessions,
            Duration after,
            Duration until,
            ObjLongConsumer<Session> planned,
            ObjLongConsumer<Session> due) {
        sort(sessions);
        long now = nanoTime.getAsLong();
        double slot = (double) until.minus(after).toNanos() / sessions.size();
        for (int i = 0; i < sessions.size(); i++) {
            Session session = sessions.get(i);
            long delay = after.toNanos() + (long) (slot * (i + random.nextDouble()));
            planned.accept(session, now + delay);
            scheduler.schedule(() -> due.accept(session, now + delay), delay, TimeUnit.NANOSECONDS);
        }
    }
}
