package io.apiserverlb.proxy;

import java.util.concurrent.atomic.AtomicLong;

/** When a session is to leave its server, in nano time; safe for use by any thread. */
final class LeaveTime {
    private static final long NONE = Long.MAX_VALUE;

    private final AtomicLong time = new AtomicLong(NONE);

    private static boolean isUntil(long set, long nanos) {
        return set != NONE && set - nanos <= 0;
    }

    /** Whether a time is set that is not later than this. */
    boolean isBy(long nanos) {
        return isUntil(time.get(), nanos);
    }

    boolean isSet() {
        return time.get() != NONE;
    }

    /** Sets a time, unless an earlier one is set. */
    void set(long nanos) {
        time.accumulateAndGet(nanos, (set, next) -> isUntil(set, next) ? set : next);
    }

    /** Sets none. */
    void clear() {
        time.set(NONE);
    }

    /** Whether it was just this time, which is over then. */
    boolean isOver(long nanos) {
        return time.compareAndSet(nanos, NONE);
    }
}
