package io.apiserverlb.pool;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An operator's setting for an address, kept for some days after the server left.
 *
 * @param absentSince when no server had the address any more, or null while one has
 */
public record Remembered(Setting setting, @Nullable Instant absentSince) {
    private static final Duration KEPT = Duration.ofDays(7);

    boolean isExpired(Instant now) {
        return absentSince != null && !absentSince.isAfter(now.minus(KEPT));
    }

    /** The same after the time of day was set. */
    Remembered moved(Duration by) {
        return absentSince == null ? this : new Remembered(setting, absentSince.plus(by));
    }

    /** From now on unless it is already; what a clock that was wrong has dated later than now begins now. */
    Remembered absent(Instant now) {
        return absentSince == null || absentSince.isAfter(now) ? new Remembered(setting, now) : this;
    }

    Remembered present() {
        return new Remembered(setting, null);
    }
}
