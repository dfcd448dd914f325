package io.apiserverlb.pool;

import java.net.InetAddress;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which usable servers are tried before which others; among equals the {@link Policy} chooses.
 *
 * @param byLatency whether a faster server comes before slower ones of otherwise equal rank
 * @param local tells this host's own addresses; its answers may change, and hold for the lists that are made then
 */
record Ranking(Prefer prefer, boolean byLatency, Predicate<InetAddress> local) {

    /** The usable ones of these servers, best first. */
    List<Tier> tiers(Collection<Server> servers) {
        return grouped(servers.stream().filter(Server::usable), this::rank)
                .flatMap(equals -> byLatency ? byLatency(equals) : Stream.of(equals))
                .map(Tier::new)
                .toList();
    }

    /** A certificate whose time is wrong puts a server below all that are in order, whatever is preferred. */
    private int rank(Server server) {
        boolean remote =
                prefer == Prefer.LOCAL && server.address().ip().filter(local).isEmpty();
        return (isOutOfDate(server) ? 4 : 0) + (isFallback(server) ? 2 : 0) + (remote ? 1 : 0);
    }

    private static boolean isOutOfDate(Server server) {
        return server.observed().identity() == Certificate.Identity.OUT_OF_DATE;
    }

    private static boolean isFallback(Server server) {
        return server.place().role() == Role.FALLBACK;
    }

    /** Why a usable server comes after another one, in words. */
    String whyBehind(Server server, Server first) {
        if (isOutOfDate(server) && !isOutOfDate(first)) {
            return "ranked below all others: "
                    + Objects.requireNonNull(server.observed().certificate()).reason();
        }
        if (isFallback(server) && !isFallback(first)) {
            return "a registration address that is not in the list, for the time when no listed server is usable";
        }
        return rank(server) == rank(first)
                ? "others are faster to connect to"
                : "not on this host, whose own servers are preferred";
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
