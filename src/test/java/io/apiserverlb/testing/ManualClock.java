package io.apiserverlb.testing;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Both clocks of a process, which stand still until they are moved by hand; safe for use by any thread.
 *
 * <p>{@link #nanos} overflows after ten seconds, as {@link System#nanoTime} may at any time.
 */
public final class ManualClock implements InstantSource {
    private static final Instant START = Instant.parse("2026-11-23T04:00:00Z");
    private static final long NANOS_AT_START =
            Long.MAX_VALUE - Duration.ofSeconds(10).toNanos();

    private final AtomicLong elapsed = new AtomicLong();
    private final AtomicReference<Duration> set = new AtomicReference<>(Duration.ZERO);

    @Override
    public Instant instant() {
        return START.plus(set.get()).plusNanos(elapsed.get());
    }

    /** What {@link System#nanoTime} would say. */
    public long nanos() {
        return NANOS_AT_START + elapsed.get();
    }

    /** How much time has passed, whatever the clock was set to. */
    Duration elapsed() {
        return Duration.ofNanos(elapsed.get());
    }

    /** Sets the time of day, as an operator or NTP does; no time passes. */
    public void set(Duration ahead) {
        set.updateAndGet(before -> before.plus(ahead));
    }

    public void advance(Duration duration) {
        elapsed.addAndGet(duration.toNanos());
    }
}
