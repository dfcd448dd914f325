package io.apiserverlb.pool;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

/**
 * How far away a server is: what its latest connections took, and which tier it is in for that.
 *
 * <p>Immutable; {@link #after} is pure.
 *
 * @param latest how long the last connections took, the newest first; at least one
 * @param tier 0 is the fastest; each bound of 0.1, 1, 10, 100 ms and 1 s that is reached is one more
 */
public record Latency(List<Duration> latest, int tier) {
    private static final List<Duration> BOUNDS = List.of(
            Duration.ofNanos(100_000),
            Duration.ofMillis(1),
            Duration.ofMillis(10),
            Duration.ofMillis(100),
            Duration.ofSeconds(1));
    private static final int KEPT = 3;
    /** A bound holds a server back until it is passed by a quarter of itself, so that one that is on it does not hop. */
    private static final double BEYOND = 1.25;

    public Latency {
        latest = List.copyOf(latest);
    }

    /** Of a server that was connected to for the first time. */
    static Latency first(Duration connect) {
        return new Latency(List.of(connect), tier(connect.toNanos()));
    }

    /** The latency after one more connection. */
    Latency after(Duration connect) {
        Latency next = new Latency(
                Stream.concat(Stream.of(connect), latest.stream()).limit(KEPT).toList(), tier);
        return new Latency(next.latest, next.settled());
    }

    /**
     * What connecting takes: the least of the last times. All that disturbs a measurement, a lost SYN or a busy process, adds to it, and
     * nothing takes from it.
     */
    public Duration connect() {
        return Collections.min(latest);
    }

    private int settled() {
        long nanos = connect().toNanos();
        int slower = tier((long) (nanos / BEYOND));
        int faster = tier((long) (nanos * BEYOND));
        return Math.min(Math.max(tier, slower), faster);
    }

    private static int tier(long nanos) {
        return (int) BOUNDS.stream().filter(bound -> nanos >= bound.toNanos()).count();
    }
}
