package io.apiserverlb.actuate;

import io.apiserverlb.pool.ConnectFailure;
import io.apiserverlb.pool.ServerAddress;
import io.apiserverlb.pool.TrafficListener;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;
import java.util.stream.DoubleStream;

/** k3s' histogram of dials: the same name, labels and buckets; one observation for each server that is dialed. */
final class K3sDialMetrics implements TrafficListener {
    private static final int BUCKETS = 15;

    private final Timer successes;
    private final Timer errors;

    K3sDialMetrics(MeterRegistry registry, MetricsSettings settings) {
        Series series = new Series(registry, Tags.of("name", settings.name()));
        this.successes = dials(series, "success");
        this.errors = dials(series, "error");
    }

    private static Timer dials(Series series, String status) {
        return series.histogram(
                "k3s.loadbalancer.dial.duration",
                "Time taken to dial a server.",
                DoubleStream.iterate(0.001, bound -> 2 * bound).limit(BUCKETS),
                "status",
                status);
    }

    @Override
    public void connected(ServerAddress server, long nanos) {
        successes.record(nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void failedToConnect(ServerAddress server, ConnectFailure reason, long nanos) {
        errors.record(nanos, TimeUnit.NANOSECONDS);
    }
}
