package io.apiserverlb.discovery.k3s;

import io.apiserverlb.pool.SeedUrl;
import io.apiserverlb.pool.Server;
import io.apiserverlb.pool.ServerAddress;
import io.apiserverlb.pool.ServerPool;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Whom to ask, the most promising first; never the balancer itself. */
final class Candidates {
    private final K3sDiscovery.Settings settings;
    private final Supplier<Optional<InetSocketAddress>> gateway;
    private final ServerPool pool;
    private final RandomGenerator random;
    private final List<String> seedHosts;

    Candidates(
            K3sDiscovery.Settings settings,
            Supplier<Optional<InetSocketAddress>> gateway,
            ServerPool pool,
            RandomGenerator random) {
        this.settings = settings;
        this.gateway = gateway;
        this.pool = pool;
        this.random = random;
        this.seedHosts = settings.seeds().stream()
                .map(seed -> seed.address().host())
                .distinct()
                .toList();
    }

    /** Each once; the one that answered last, if it is still among them, comes first. */
    List<Route> routes(@Nullable Route answeredLast) {
        Set<Route> routes = new LinkedHashSet<>();
        gateway().ifPresent(routes::add);
        List<ServerAddress> usable = supervisors(Server::usable);
        if (!usable.isEmpty()) {
            // All nodes have the same list, and its first server would have to answer them all.
            Collections.rotate(usable, random.nextInt(usable.size()));
        }
        usable.forEach(address -> add(routes, address));
        for (SeedUrl seed : settings.seeds()) {
            add(routes, new ServerAddress(seed.address().host(), settings.port()));
            add(routes, seed.address());
        }
        supervisors(server -> true).forEach(address -> add(routes, address));
        List<Route> inOrder = new ArrayList<>(routes);
        if (answeredLast != null && inOrder.remove(answeredLast)) {
            inOrder.add(0, answeredLast);
        }
        return inOrder;
    }

    /** The balancer leads to supervisors where they share the port of API servers. */
    private Optional<Route> gateway() {
        boolean leadsThere = pool.list().servers().stream()
                .anyMatch(server -> server.usable() && server.address().port() == settings.port());
        return leadsThere
                ? gateway.get()
                        .map(listener -> Route.gateway(
                                new ServerAddress(listener.getAddress().getHostAddress(), listener.getPort()),
                                seedHosts))
                : Optional.empty();
    }

    private List<ServerAddress> supervisors(Predicate<Server> which) {
        List<ServerAddress> supervisors = new ArrayList<>();
        for (Server server : pool.list().servers()) {
            if (which.test(server)) {
                supervisors.add(new ServerAddress(server.address().host(), settings.port()));
            }
        }
        return supervisors;
    }

    private void add(Set<Route> routes, ServerAddress address) {
        if (!pool.isSelf(address)) {
            routes.add(Route.direct(address, seedHosts));
        }
    }
}
