package io.apiserverlb.pool;

import io.apiserverlb.pool.Policy.SlowStarting;
import java.net.InetAddress;
import java.util.Collection;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Chooses servers for sessions and keeps whose turn it is; all under its own lock, for which the random generator is, too. */
final class Chooser {
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
        SlowStarting how = policy.slowStarting();
        Tier tier = how == SlowStarting.BY_CHANCE ? whole.drawn(now, slowStart, random) : whole;
        Weights weights = how == SlowStarting.BY_WEIGHT ? tier.weightsAt(now, slowStart) : tier.weights;
        Candidates candidates = new Candidates(tier, weights, current, clientHash(client), random);
        int chosen = policy.choose(candidates);
        clock = Math.max(clock, candidates.nextTurn(chosen));
        tier.loads[chosen].turn = clock;
        tier.loads[chosen].open();
        return tier.servers[chosen];
    }

    private long clientHash(InetAddress client) {
        if (policy != Policy.SOURCE) {
            return 0;
        }
        return client.isLoopbackAddress() || local.test(client) ? nodeHash : Hash.of(client.getAddress());
    }
}
