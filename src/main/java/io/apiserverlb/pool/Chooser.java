package io.apiserverlb.pool;

import io.apiserverlb.pool.Policy.SlowStarting;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Chooses servers for sessions and keeps whose turn it is; all under its own lock, for which the random generator is, too. */
final class Chooser {
    /** Whoever explains holds up whoever chooses: what comes after so many tries hardly matters. */
    private static final int MOST_ORDERED = 16;
    /** Always brings 0.5. */
    private static final RandomGenerator EVEN_CHANCE = () -> Long.MIN_VALUE;

    private final Policy policy;
    private final SlowStart slowStart;
    private final long nodeHash;
    private final Predicate<InetAddress> local;
    private final LongSupplier nanoTime;
    private final RandomGenerator random;

    private double clock;
    private @Nullable Load current;

    /** @param local tells this host's own addresses: their clients hash by the node, or a whole fleet would pick one server */
    Chooser(
            Policy policy,
            SlowStart slowStart,
            String nodeName,
            Predicate<InetAddress> local,
            LongSupplier nanoTime,
            RandomGenerator random) {
        this.policy = policy;
        this.slowStart = slowStart;
        this.nodeHash = Hash.of(nodeName);
        this.local = local;
        this.nanoTime = nanoTime;
        this.random = random;
    }

    /**
     * The counters of a new server. It enters the rotation at a random point within its first turn from now on: the first choices of
     * many balancers that start together, or that learn of a server together, differ.
     */
    synchronized Load begin(ServerAddress address, Setting setting) {
        return new Load(address, randomTurn(setting));
    }

    /** Servers that come back enter the rotation like new ones: their turn is long overdue with each of many balancers. */
    void follow(ServerList before, ServerList next) {
        for (Server server : next.servers()) {
            Server known = before.get(server.address());
            Long from = server.slowStartFrom();
            if (known != null && from != null && !from.equals(known.slowStartFrom())) {
                rejoin(server);
            }
        }
    }

    private synchronized void rejoin(Server server) {
        server.load().turn = randomTurn(server.setting());
    }

    private double randomTurn(Setting setting) {
        return clock - random.nextDouble() / Math.max(1, setting.weight());
    }

    /** Chooses a server that was not tried yet and counts the session on it at once; null if there is none. */
    synchronized @Nullable Server take(ServerList list, InetAddress client, Collection<ServerAddress> tried) {
        for (int rank = 0; rank < list.tiers().size(); rank++) {
            Tier whole = list.tiers().get(rank);
            Tier left = whole.without(tried);
            if (left.size() > 0) {
                Server chosen = take(left, client);
                // A session that could not have the current server takes another, but does not make it the current one.
                if (rank == 0 && (left == whole || !whole.contains(current))) {
                    current = chosen.load();
                }
                return chosen;
            }
        }
        List<Server> lastResort = list.lastResort(tried);
        return lastResort.isEmpty() ? null : take(new Tier(lastResort), client);
    }

    private Server take(Tier whole, InetAddress client) {
        long now = nanoTime.getAsLong();
        Tier tier = drawn(whole, now, random);
        Candidates candidates = candidates(tier, now, client, random);
        int chosen = policy.choose(candidates);
        clock = Math.max(clock, candidates.nextTurn(chosen));
        tier.loads[chosen].turn = clock;
        tier.loads[chosen].open();
        return tier.servers[chosen];
    }

    private Tier drawn(Tier whole, long now, RandomGenerator luck) {
        return policy.slowStarting() == SlowStarting.BY_CHANCE ? whole.drawn(now, slowStart, luck) : whole;
    }

    private Candidates candidates(Tier tier, long now, InetAddress client, RandomGenerator luck) {
        Weights weights =
                policy.slowStarting() == SlowStarting.BY_WEIGHT ? tier.weightsAt(now, slowStart) : tier.weights;
        return new Candidates(tier, weights, current, clientHash(client), luck);
    }

    /** What {@link #take} would choose now for a session that has tried nothing, and why; changes nothing, not even what chance brings. */
    Explanation explain(ServerList list, InetAddress client) {
        boolean usable = !list.tiers().isEmpty();
        Tier tier = usable ? list.tiers().get(0) : new Tier(list.lastResort(List.of()));
        long now = nanoTime.getAsLong();
        Weights weights = policy.slowStarting() == SlowStarting.NOT ? tier.weights : tier.weightsAt(now, slowStart);
        List<Explanation.Candidate> candidates = new ArrayList<>();
        for (int index : order(tier, now, client)) {
            boolean stays = policy == Policy.FAILOVER && isCurrent(tier.loads[index]);
            candidates.add(new Explanation.Candidate(tier.servers[index], weights.each[index], stays));
        }
        boolean chance = tier.size() > 1
                && (policy == Policy.RANDOM_TWO
                        || (policy.slowStarting() == SlowStarting.BY_CHANCE && tier.isSlowStartingAt(now, slowStart)));
        return new Explanation(
                policy,
                list.ranking().prefer(),
                list.mode(),
                candidates,
                Explanation.leftOut(list, candidates),
                !chance,
                because(usable, tier.size()));
    }

    private String because(boolean usable, int candidates) {
        if (candidates == 0) {
            return "there is no server that may be tried";
        }
        String choice = candidates == 1 ? "there is no other" : policy.decides();
        return usable ? choice : "no server is usable, so those that promise most are tried; " + choice;
    }

    private synchronized boolean isCurrent(Load load) {
        return load == current;
    }

    /** The servers of a tier by their index, in the order in which a session would try them; where chance has a part, as is likeliest. */
    private synchronized List<Integer> order(Tier whole, long now, InetAddress client) {
        Map<ServerAddress, Integer> indexes = new LinkedHashMap<>();
        for (int i = 0; i < whole.size(); i++) {
            indexes.put(whole.servers[i].address(), i);
        }
        Map<ServerAddress, Integer> order = new LinkedHashMap<>();
        Tier left = whole;
        while (left.size() > 0 && order.size() < MOST_ORDERED) {
            Tier tier = drawn(left, now, EVEN_CHANCE);
            ServerAddress next = tier.servers[policy.choose(candidates(tier, now, client, EVEN_CHANCE))].address();
            order.put(next, indexes.get(next));
            left = whole.without(order.keySet());
        }
        indexes.forEach(order::putIfAbsent);
        return List.copyOf(order.values());
    }

    /** See {@link ServerPool#surplus}. */
    Map<ServerAddress, Integer> surplus(ServerList list) {
        return list.tiers().isEmpty() || !policy.evensOut()
                ? Map.of()
                : list.tiers().get(0).surplusAt(nanoTime.getAsLong(), slowStart);
    }

    private long clientHash(InetAddress client) {
        if (policy != Policy.SOURCE) {
            return 0;
        }
        return client.isLoopbackAddress() || local.test(client) ? nodeHash : Hash.of(client.getAddress());
    }
}
