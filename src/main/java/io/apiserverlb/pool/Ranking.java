package io.apiserverlb.pool;

import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which usable servers are tried before which others; among equals the {@link Policy} chooses.
 *
 * @param byLatency whether a faster server comes before slower ones of otherwise equal rank
 */
record Ranking(boolean byLatency) {
    static Ranking of(Policy policy) {
        return new Ranking(policy == Policy.LATENCY);
    }

    /** The usable ones of these servers, best first. */
    List<Tier> tiers(Collection<Server> servers) {
        return grouped(servers.stream().filter(Server::usable), Ranking::rank)
                .flatMap(equals -> byLatency ? byLatency(equals) : Stream.of(equals))
                .map(Tier::new)
                .toList();
    }

    /** A certificate whose time is wrong puts a server below all that are in order. */
    private static int rank(Server server) {
        boolean outOfDate = server.observed().identity() == Certificate.Identity.OUT_OF_DATE;
        return (outOfDate ? 2 : 0) + (server.place().role() == Role.PRIMARY ? 0 : 1);
    }

    /**
     * A server that was not connected to yet counts as one of the slowest: it cannot take all sessions from servers that are known to be
     * near, and has not to wait for any, since its first check measures it.
     */
    private static Stream<List<Server>> byLatency(List<Server> servers) {
        int slowest = servers.stream().mapToInt(server -> tier(server, 0)).max().orElse(0);
        return grouped(servers.stream(), server -> tier(server, slowest));
    }

    private static int tier(Server server, int unknown) {
        Latency latency = server.observed().latency();
        return latency == null ? unknown : latency.tier();
    }

    private static Stream<List<Server>> grouped(Stream<Server> servers, ToIntFunction<Server> rank) {
        return servers
                .collect(Collectors.groupingBy(rank::applyAsInt, TreeMap::new, Collectors.toList()))
                .values()
                .stream();
    }
}
