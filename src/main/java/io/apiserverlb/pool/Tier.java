package io.apiserverlb.pool;

import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Servers of equal rank, laid out for a choice that touches little memory. */
final class Tier {
    /** What a sum of weights may be wrong by. */
    private static final double ROUNDING = 1e-9;

    final Server[] servers;
    final Load[] loads;
    final long[] hashes;
    final Weights weights;
    private final boolean slowStarting;

    Tier(List<Server> servers) {
        this.servers = servers.toArray(Server[]::new);
        this.loads = servers.stream().map(Server::load).toArray(Load[]::new);
        this.hashes = servers.stream().mapToLong(s -> s.load().hash).toArray();
        // As a last resort servers of weight 0 are taken, too.
        this.weights = new Weights(servers.stream()
                .mapToDouble(s -> Math.max(1, s.setting().weight()))
                .toArray());
        this.slowStarting = servers.stream().anyMatch(s -> s.slowStartFrom() != null);
    }

    int size() {
        return servers.length;
    }

    boolean contains(@Nullable Load load) {
        return Arrays.asList(loads).contains(load);
    }

    /** The same tier without some servers; itself if none of them is in it. */
    Tier without(Collection<ServerAddress> excluded) {
        if (excluded.isEmpty()) {
            return this;
        }
        List<Server> rest = List.of(servers).stream()
                .filter(server -> !excluded.contains(server.address()))
                .toList();
        return rest.size() == servers.length ? this : new Tier(rest);
    }

    /** The same tier with servers that start slowly in it only as often as their share says, unless none is left; else itself. */
    Tier drawn(long nanos, SlowStart slowStart, RandomGenerator random) {
        if (!slowStarting) {
            return this;
        }
        List<Server> rest = List.of(servers).stream()
                .filter(server -> random.nextDouble() < slowStart.share(server.slowStartFrom(), nanos))
                .toList();
        return rest.isEmpty() ? this : new Tier(rest);
    }

    /** Whether one of its servers gets less than its weight at the moment. */
    boolean isSlowStartingAt(long nanos, SlowStart slowStart) {
        return Arrays.stream(servers).anyMatch(s -> slowStart.share(s.slowStartFrom(), nanos) < 1);
    }

    /** Each server's weight at a moment: its own, less while it starts slowly. */
    Weights weightsAt(long nanos, SlowStart slowStart) {
        if (!slowStarting) {
            return weights;
        }
        double[] effective = new double[servers.length];
        for (int i = 0; i < effective.length; i++) {
            effective[i] = weights.each[i] * slowStart.share(servers[i].slowStartFrom(), nanos);
        }
        return new Weights(effective);
    }

    /** By how many sessions servers have more than their share of what all have, by weight; those that have not are left out. */
    Map<ServerAddress, Integer> surplusAt(long nanos, SlowStart slowStart) {
        Weights effective = weightsAt(nanos, slowStart);
        int[] active = Arrays.stream(loads).mapToInt(Load::active).toArray();
        double perWeight = Arrays.stream(active).sum() / effective.total();
        Map<ServerAddress, Integer> surplus = new HashMap<>();
        for (int i = 0; i < active.length; i++) {
            int more = active[i] - (int) Math.ceil(effective.each[i] * perWeight - ROUNDING);
            if (more > 0) {
                surplus.put(servers[i].address(), more);
            }
        }
        return surplus;
    }
}
