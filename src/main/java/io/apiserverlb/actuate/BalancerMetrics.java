package io.apiserverlb.actuate;

import io.apiserverlb.pool.DiscoveryOutcome;
import io.apiserverlb.pool.DiscoveryStatus;
import io.apiserverlb.pool.Hedge;
import io.apiserverlb.pool.Mode;
import io.apiserverlb.pool.Rejection;
import io.apiserverlb.pool.ServerPool;
import io.apiserverlb.pool.ServerState;
import io.apiserverlb.pool.SessionView;
import io.apiserverlb.pool.StateStatus;
import io.apiserverlb.pool.TrafficListener;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.time.Instant;
import java.util.function.Supplier;

/** The series of the balancer as a whole; all there from the start. */
final class BalancerMetrics implements TrafficListener {
    private final Series series;
    private final Counters<Rejection> rejections;
    private final Counters<Hedge> hedgesWon;
    private final Counters<Hedge> hedgesLost;
    private final Counters<DiscoveryOutcome> discoveryUpdates;

    BalancerMetrics(
            MeterRegistry registry,
            MetricsSettings settings,
            ServerPool pool,
            SessionView sessions,
            Supplier<StateStatus> state,
            Supplier<DiscoveryStatus> discovery) {
        this.series = new Series(registry, Tags.of("lb", settings.name()));
        this.rejections = series.counters(
                "apiserver.lb.rejected",
                "Clients that got no session, by reason.",
                "reason",
                Rejection.class,
                Label::lower);
        this.hedgesWon = hedges(true);
        this.hedgesLost = hedges(false);
        this.discoveryUpdates = series.counters(
                "apiserver.lb.discovery.updates",
                "Attempts to ask the cluster for its servers.",
                "outcome",
                DiscoveryOutcome.class,
                Label::lower);
        register(pool, sessions);
        registerState(state);
        series.timestamp(
                "apiserver.lb.discovery.last.success.timestamp",
                "When the cluster last told its servers; 0: not yet.",
                () -> seconds(discovery.get()));
        pool.subscribe((TrafficListener) this);
    }

    private Counters<Hedge> hedges(boolean won) {
        return series.counters(
                "apiserver.lb.hedges",
                "Rivals called for a silent server, by what it was silent at and whether the rival was used.",
                "kind",
                Hedge.class,
                Label::lower,
                "won",
                Boolean.toString(won));
    }

    private void register(ServerPool pool, SessionView sessions) {
        series.gauge("apiserver.lb.connections", "Sessions now.", sessions::active);
        series.gauge("apiserver.lb.connections.limit", "Sessions at most.", sessions::limit);
        series.states(
                "apiserver.lb.mode",
                "1 for the kind of servers that new sessions go to.",
                "mode",
                Mode.values(),
                mode -> pool.list().mode() == mode);
        for (ServerState state : ServerState.values()) {
            series.gauge(
                    "apiserver.lb.servers",
                    "Servers in a state.",
                    () -> count(pool, state),
                    "state",
                    Label.dashed(state));
        }
    }

    private static long count(ServerPool pool, ServerState state) {
        return pool.list().servers().stream()
                .filter(server -> server.state() == state)
                .count();
    }

    private void registerState(Supplier<StateStatus> state) {
        String help = "Attempts to write the state file.";
        series.counter("apiserver.lb.state.writes", help, () -> state.get().successes(), "outcome", "success");
        series.counter("apiserver.lb.state.writes", help, () -> state.get().failures(), "outcome", "failure");
        series.gauge(
                "apiserver.lb.state.write.failing",
                "1 while the state file cannot be written.",
                () -> state.get().error() == null ? 0 : 1);
    }

    private static long seconds(DiscoveryStatus discovery) {
        Instant last = discovery.lastSuccess();
        return last == null ? 0 : last.getEpochSecond();
    }

    @Override
    public void rejected(Rejection reason) {
        rejections.increment(reason);
    }

    @Override
    public void hedged(Hedge kind, boolean won) {
        (won ? hedgesWon : hedgesLost).increment(kind);
    }

    @Override
    public void discovered(DiscoveryOutcome outcome) {
        discoveryUpdates.increment(outcome);
    }
}
