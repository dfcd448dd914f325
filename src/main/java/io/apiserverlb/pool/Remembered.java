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

    Remembered absent(Instant now) {
        return absentSince == null ? new Remembered(setting, now) : this;
    }

    Remembered present() {
        return new Remembered(setting, null);
    }
}
