package io.apiserverlb.pool;

import java.time.Duration;
import java.time.Instant;

/** Notices that the time of day moved by another time than has passed: the clock was set, or the machine slept. Not safe for use by threads. */
final class TimeOfDay {
    /** What a clock that is slowed down or sped up may differ by between two looks is none of it. */
    private static final Duration LEAST = Duration.ofMinutes(1);

    private Instant last;
    private long lastNanos;

    TimeOfDay(Instant now, long nanos) {
        this.last = now;
        this.lastNanos = nanos;
    }

    /** By how much it moved too far since the last look, less than zero if it went back; zero if that is next to nothing. */
    Duration jumped(Instant now, long nanos) {
        Duration jump = Duration.between(last, now).minusNanos(nanos - lastNanos);
        last = now;
        lastNanos = nanos;
        return jump.abs().compareTo(LEAST) < 0 ? Duration.ZERO : jump;
    }

    /** In words. */
    static String describe(Duration jump) {
        return "the time of day moved " + (jump.isNegative() ? "back by " : "ahead by ")
                + Duration.ofSeconds(jump.abs().toSeconds())
                + " at once: the clock was set, or this machine slept; what is to be forgotten later is forgotten as"
                + " much later as before";
    }
}
