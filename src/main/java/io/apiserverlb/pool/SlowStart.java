package io.apiserverlb.pool;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How a server that came back grows to its full weight: linearly, as in HAProxy's {@code slowstart}. */
record SlowStart(long nanos) {
    private static final double SMALLEST_SHARE = 0.01;

    static SlowStart of(Duration duration) {
        return new SlowStart(duration.toNanos());
    }

    double share(@Nullable Long from, long now) {
        if (from == null || nanos == 0) {
            return 1;
        }
        return Math.min(1, Math.max(SMALLEST_SHARE, (double) (now - from) / nanos));
    }
}
