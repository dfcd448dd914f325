package io.apiserverlb.discovery.k3s;

import io.apiserverlb.pool.ServerAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Asks one supervisor after the other until one names the servers. For one thread. */
final class Supervisors {
    /** What came of it. */
    sealed interface Outcome {
        /** The servers; none if no supervisor names any, but one says so. */
        record Named(List<ServerAddress> servers) implements Outcome {}

        /** Nobody named any; haste helps where that may be over in a moment. */
        record Failed(String problem, boolean hasteHelps) implements Outcome {}
    }

    private record Hold(long since, Duration pause, SupervisorException reason) {
        boolean isOver(long now) {
            return now - since >= pause.toNanos();
        }
    }

    private final Candidates candidates;
    private final K3sCluster cluster;
    private final Requests requests;
    private final K3sDiscovery.Limits limits;
    private final LongSupplier nanoTime;
    private final Consumer<String> warn;
    private final Map<ServerAddress, Hold> holds = new HashMap<>();

    private @Nullable Route answeredLast;
    private List<String> toldUnreadable = List.of();

    Supervisors(
            Candidates candidates,
            K3sCluster cluster,
            Requests requests,
            K3sDiscovery.Limits limits,
            LongSupplier nanoTime,
            Consumer<String> warn) {
        this.candidates = candidates;
        this.cluster = cluster;
        this.requests = requests;
        this.limits = limits;
        this.nanoTime = nanoTime;
        this.warn = warn;
    }

    /** Blocks until a supervisor has answered, all have failed or it takes too long. */
    Outcome ask(K3sToken token) {
        long now = nanoTime.getAsLong();
        holds.values().removeIf(hold -> hold.isOver(now));
        Round round = new Round(token);
        List<Route> routes = candidates.routes(answeredLast);
        cluster.keepContexts(routes.stream()
                .flatMap(route -> route.certificateNames().stream())
                .toList());
        NamedServers named = round.ask(routes);
        if (named == null) {
            return round.saysThereIsNone
                    ? new Outcome.Named(List.of())
                    : new Outcome.Failed(round.failures.describe(), !round.failures.allHaveAWrongCa());
        }
        tellUnreadable(named.unreadable());
        return new Outcome.Named(named.servers());
    }

    private void tellUnreadable(List<String> unreadable) {
        List<String> sorted = unreadable.stream().distinct().sorted().limit(3).toList();
        if (!sorted.isEmpty() && !sorted.equals(toldUnreadable)) {
            warn.accept("left out of the servers that the cluster names: " + String.join("; ", sorted));
        }
        toldUnreadable = sorted;
    }

    /** The questions between one pause and the next. */
    private final class Round {
        private final K3sToken token;
        private final Deadline end = Deadline.in(limits.round());
        private final Failures failures = new Failures();
        private boolean saysThereIsNone;

        Round(K3sToken token) {
            this.token = token;
        }

        /** The first list that holds a server; null if there is none. */
        @Nullable
        NamedServers ask(List<Route> routes) {
            for (Route route : routes) {
                if (end.isOver() || requests.isClosed()) {
                    return null;
                }
                try {
                    NamedServers named = ask(route);
                    if (!named.servers().isEmpty()) {
                        answeredLast = route;
                        return named;
                    }
                    saysThereIsNone = true;
                } catch (SupervisorException e) {
                    failures.add(route, e);
                }
            }
            return null;
        }

        private NamedServers ask(Route route) throws SupervisorException {
            Hold hold = holds.get(route.address());
            if (hold != null) {
                throw hold.reason;
            }
            try {
                return cluster.servers(
                        route, token, Deadline.in(limits.supervisor()).or(end));
            } catch (SupervisorException e) {
                Duration pause = e.pause();
                if (pause != null) {
                    holds.put(route.address(), new Hold(nanoTime.getAsLong(), pause, e));
                }
                throw e;
            }
        }
    }
}
