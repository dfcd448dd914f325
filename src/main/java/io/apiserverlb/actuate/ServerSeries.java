package io.apiserverlb.actuate;

import static io.apiserverlb.pool.ServerState.DOWN;
import static io.apiserverlb.pool.ServerState.GOING_DOWN;
import static io.apiserverlb.pool.ServerState.GOING_UP;
import static io.apiserverlb.pool.ServerState.STOPPING;
import static io.apiserverlb.pool.ServerState.UNCHECKED;
import static io.apiserverlb.pool.ServerState.UP;

import io.apiserverlb.pool.Certificate;
import io.apiserverlb.pool.Load;
import io.apiserverlb.pool.Server;
import io.apiserverlb.pool.ServerAddress;
import io.apiserverlb.pool.ServerList;
import io.apiserverlb.pool.ServerState;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/**
 * The series of one server, by its address. Belongs to one thread, except for {@link #traffic}; scrapes may read at any time.
 *
 * <p>An address may leave the list and come back while sessions of its former record live on: the series go on, and add up the counters
 * of both records.
 */
final class ServerSeries {
    private record Transition(ServerState from, ServerState to) {}

    /** What checks may bring about, from and to, counted from 0 on; what else happens has a series from its first time on. */
    private static final Map<ServerState, List<ServerState>> ORDINARY = Map.of(
            UNCHECKED, List.of(UP, GOING_DOWN, STOPPING, DOWN),
            UP, List.of(GOING_DOWN, STOPPING, DOWN),
            GOING_DOWN, List.of(UP, STOPPING, DOWN),
            STOPPING, List.of(UP, DOWN),
            DOWN, List.of(GOING_UP, UP, STOPPING),
            GOING_UP, List.of(UP, DOWN));

    private final ServerAddress address;
    private final Supplier<ServerList> list;
    private final Series series;
    private final Series k3s;
    private final TrafficSeries traffic;
    private final List<Load> loads = new CopyOnWriteArrayList<>();
    private final Map<Transition, Counter> transitions = new HashMap<>();
    private volatile double certificateNotAfter = Double.NaN;

    ServerSeries(MeterRegistry registry, MetricsSettings settings, ServerAddress address, Supplier<ServerList> list) {
        this.address = address;
        this.list = list;
        this.series = new Series(registry, Tags.of("lb", settings.name(), "server", address.toString()));
        this.k3s = new Series(registry, Tags.of("name", settings.name(), "server", address.toString()));
        this.traffic = new TrafficSeries(series);
        ORDINARY.forEach((from, all) -> all.stream()
                .map(to -> new Transition(from, to))
                .forEach(transition -> transitions.put(transition, counter(transition))));
        registerState();
        registerLoad();
        if (settings.k3sNames()) {
            registerK3s();
        }
    }

    private Counter counter(Transition transition) {
        return series.counter(
                "apiserver.lb.transitions",
                "Changes of a server's state.",
                "from",
                Label.dashed(transition.from),
                "to",
                Label.dashed(transition.to));
    }

    private void registerState() {
        series.gauge(
                "apiserver.lb.server.up", "1 if new sessions may go to a server.", () -> is(Server::usable) ? 1 : 0);
        series.states(
                "apiserver.lb.server.state",
                "1 for the state that a server is in.",
                "state",
                ServerState.values(),
                state -> is(server -> server.state() == state));
    }

    private boolean is(Predicate<Server> condition) {
        return now().filter(condition).isPresent();
    }

    private Optional<Server> now() {
        return list.get().find(address);
    }

    private void registerLoad() {
        String bytes = "Bytes passed on, in: from clients, out: to clients.";
        series.gauge(
                "apiserver.lb.server.connections",
                "Sessions of a server now, also those that are still connecting.",
                this::active);
        series.counter(
                PrometheusNames.CONNECTIONS_TOTAL, "Sessions that connected to a server.", () -> sum(Load::total));
        series.counter("apiserver.lb.bytes", bytes, () -> sum(Load::bytesIn), "direction", "in");
        series.counter("apiserver.lb.bytes", bytes, () -> sum(Load::bytesOut), "direction", "out");
    }

    private long active() {
        return sum(Load::active);
    }

    private long sum(ToLongFunction<Load> counter) {
        return loads.stream().mapToLong(counter).sum();
    }

    private void registerK3s() {
        k3s.gauge("k3s.loadbalancer.server.connections", "Count of connections to a server.", this::active);
        k3s.gauge(
                "k3s.loadbalancer.server.health",
                K3sHealth.HELP,
                () -> K3sHealth.of(now(), active()).number());
    }

    /** Counts what happens on sessions and in checks. */
    TrafficSeries traffic() {
        return traffic;
    }

    /** Takes in how the server is now. */
    void follow(Server server) {
        if (!loads.contains(server.load())) {
            loads.add(server.load());
        }
        Certificate certificate = server.observed().certificate();
        if (certificate != null) {
            boolean first = Double.isNaN(certificateNotAfter);
            certificateNotAfter = certificate.notAfter().getEpochSecond();
            if (first) {
                series.timestamp(
                        "apiserver.lb.certificate.not.after.timestamp",
                        "When the certificate expires that a server showed last.",
                        () -> certificateNotAfter);
            }
        }
    }

    void changedState(ServerState from, ServerState to) {
        transitions.computeIfAbsent(new Transition(from, to), this::counter).increment();
    }

    /** Whether nothing is left to show: the list does not hold the address any more, and its last session has ended. */
    boolean over() {
        return now().isEmpty() && active() == 0;
    }

    void remove() {
        series.remove();
        k3s.remove();
    }
}
