package io.apiserverlb.api;

import io.apiserverlb.pool.CheckResult;
import io.apiserverlb.pool.Server;
import io.apiserverlb.pool.ServerList;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.function.LongSupplier;

/** Tells how the balancer has fared since it was last asked, from counters that are there anyway; for one thread at a time. */
final class Sampler {
    private static final double NANOS_PER_SECOND = Duration.ofSeconds(1).toNanos();
    private static final double NANOS_PER_MILLI = Duration.ofMillis(1).toNanos();

    private final InstantSource clock;
    private final LongSupplier nanoTime;
    private final TrafficTotals totals = new TrafficTotals();
    private boolean begun;
    private long lastAt;

    Sampler(InstantSource clock, LongSupplier nanoTime) {
        this.clock = clock;
        this.nanoTime = nanoTime;
    }

    /** The first has no rates. */
    Sample next(ServerList list) {
        long connections = totals.connections();
        long bytesIn = totals.bytesIn();
        long bytesOut = totals.bytesOut();
        double seconds = secondsSinceLast();
        totals.count(list);
        double[] checks = checkMillis(list);
        return new Sample(
                clock.millis(),
                (totals.connections() - connections) / seconds,
                (totals.bytesIn() - bytesIn) / seconds,
                (totals.bytesOut() - bytesOut) / seconds,
                median(checks),
                checks.length == 0 ? Double.NaN : checks[checks.length - 1]);
    }

    /** NaN if there is none, or no time has passed since. */
    private double secondsSinceLast() {
        long now = nanoTime.getAsLong();
        long nanos = now - lastAt;
        boolean known = begun && nanos > 0;
        begun = true;
        lastAt = now;
        return known ? nanos / NANOS_PER_SECOND : Double.NaN;
    }

    /** How long the latest checks took that passed, ascending. */
    private static double[] checkMillis(ServerList list) {
        return list.servers().stream()
                .filter(server -> server.checkable() && server.observed().passed())
                .map(Server::observed)
                .map(observed -> Objects.requireNonNull(observed.check()))
                .map(CheckResult::duration)
                .mapToDouble(duration -> duration.toNanos() / NANOS_PER_MILLI)
                .sorted()
                .toArray();
    }

    private static double median(double[] sorted) {
        int middle = sorted.length / 2;
        if (sorted.length == 0) {
            return Double.NaN;
        }
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
