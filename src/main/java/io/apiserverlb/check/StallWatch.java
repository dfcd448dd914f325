package io.apiserverlb.check;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Notices when the event loop does not turn for a while: what was not heard in that time says nothing about a server. Belongs to the
 * event loop.
 */
final class StallWatch {
    private static final int LOOKS_PER_LIMIT = 4;

    private final Surroundings surroundings;
    private final long limitNanos;
    private long lastTurn;
    private boolean stalled;
    private @Nullable Timer next;

    /** Begins to watch. */
    StallWatch(Duration limit, Surroundings surroundings) {
        this.surroundings = surroundings;
        this.limitNanos = limit.toNanos();
        this.lastTurn = surroundings.now();
        goOn();
    }

    private void goOn() {
        next = surroundings.after(limitNanos / LOOKS_PER_LIMIT, () -> {
            look();
            goOn();
        });
    }

    private void look() {
        long now = surroundings.now();
        stalled |= now - lastTurn > limitNanos;
        lastTurn = now;
    }

    /** Whether the loop stood still for longer than the limit; watches no longer. */
    boolean end() {
        if (next != null) {
            next.cancel();
        }
        look();
        return stalled;
    }
}
