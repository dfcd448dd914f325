package io.apiserverlb.proxy;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * How many sessions may ask a second server while the first is silent: a tenth of the new ones and one a second, so that a cluster
 * that is slow as a whole is not asked twice for everything.
 *
 * <p>Safe for use by any thread.
 */
final class HedgeBudget {
    private static final double SHARE_OF_SESSIONS = 0.1;
    private static final double PER_SECOND = 1;
    /** What can be saved up in quiet times. */
    private static final double MOST = 10;

    private final LongSupplier nanoTime;
    private final LongAdder sessions = new LongAdder();
    /** Nothing has been saved up yet. */
    private double left = PER_SECOND;

    private long sessionsThen;
    private long then;

    HedgeBudget(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.then = nanoTime.getAsLong();
    }

    /** Counts a new session. */
    void opened() {
        sessions.increment();
    }

    /** Whether one more may be asked twice, which is counted. */
    synchronized boolean take() {
        long now = nanoTime.getAsLong();
        long sessionsNow = sessions.sum();
        double seconds = (double) (now - then) / TimeUnit.SECONDS.toNanos(1);
        left = Math.min(MOST, left + (sessionsNow - sessionsThen) * SHARE_OF_SESSIONS + seconds * PER_SECOND);
        sessionsThen = sessionsNow;
        then = now;
        if (left < 1) {
            return false;
        }
        left--;
        return true;
    }

    /** There was nobody else to ask. */
    synchronized void giveBack() {
        left = Math.min(MOST, left + 1);
    }
}
