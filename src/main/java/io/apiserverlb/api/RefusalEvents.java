package io.apiserverlb.api;

import io.apiserverlb.pool.Event;
import io.apiserverlb.pool.Events;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Records refused calls as events: some at once, then one a minute, so that a scanner cannot push all else out of the history.
 *
 * <p>Safe for use by any thread.
 */
final class RefusalEvents {
    private static final int BURST = 60;
    private static final long REFILL = Duration.ofMinutes(1).toNanos();
    /** Longer texts are cut: they are the caller's. */
    private static final int MAX_LENGTH = 300;

    private final Events events;
    private final LongSupplier nanoTime;
    private int allowed = BURST;
    private long refilled;
    private long left;

    RefusalEvents(Events events, LongSupplier nanoTime) {
        this.events = events;
        this.nanoTime = nanoTime;
        this.refilled = nanoTime.getAsLong();
    }

    void record(String actor, String message) {
        String text = message.length() > MAX_LENGTH ? message.substring(0, MAX_LENGTH) + "…" : message;
        long before;
        synchronized (this) {
            refill();
            if (allowed == 0) {
                left++;
                return;
            }
            allowed--;
            before = left;
            left = 0;
        }
        events.record(
                Event.Type.ACCESS,
                Event.Severity.WARN,
                actor,
                before == 0 ? text : text + " (and " + before + " refused before that were not recorded)");
    }

    private void refill() {
        long refills = Math.min(BURST - allowed, (nanoTime.getAsLong() - refilled) / REFILL);
        allowed += (int) refills;
        refilled = allowed == BURST ? nanoTime.getAsLong() : refilled + refills * REFILL;
    }
}
