package io.apiserverlb.pool;

/**
 * How one of several equally good servers is chosen; the choice itself changes nothing.
 *
 * <p>Where servers are equal in the eyes of the policy they take turns in a smooth weighted rotation that starts at a random point, so
 * that many balancers that start together do not all begin with the same server.
 */
public enum Policy {
    /** Fewest sessions for its weight: HAProxy's {@code leastconn}. */
    LEAST_CONNECTIONS(true) {
        @Override
        int choose(Candidates candidates) {
            return candidates.cheapest(candidates::sessionsPerWeight);
        }
    },
    /** In turn, by weight: HAProxy's {@code roundrobin}. */
    ROUND_ROBIN(true) {
        @Override
        int choose(Candidates candidates) {
            return candidates.cheapest(i -> 0);
        }
    },
    /** The better of two that are drawn at random, by weight: HAProxy's {@code random(2)}. */
    RANDOM_TWO(false) {
        @Override
        int choose(Candidates candidates) {
            return candidates.betterOfTwo();
        }
    },
    /** The same server until it fails: what the k3s agent's balancer does. */
    FAILOVER(false) {
        @Override
        int choose(Candidates candidates) {
            return candidates.cheapest(i -> candidates.isCurrent(i) ? 0 : 1);
        }
    },
    /** The same server for the same client, by a hash that lets a new server take over only 1/n of the clients. */
    SOURCE(false) {
        @Override
        int choose(Candidates candidates) {
            return candidates.nearest();
        }
    },
    /** Fewest sessions for its weight, among the servers that take least time to connect to: the {@link Ranking} tells those. */
    LATENCY(true) {
        @Override
        int choose(Candidates candidates) {
            return candidates.cheapest(candidates::sessionsPerWeight);
        }
    };

    private final boolean comparesServers;

    Policy(boolean comparesServers) {
        this.comparesServers = comparesServers;
    }

    /**
     * Whether the best server takes every session, be it by ever so little. Then a small weight is no way to start a server slowly: it has
     * no sessions, or its turn is far off; so it takes part in fewer choices instead.
     */
    boolean comparesServers() {
        return comparesServers;
    }

    /** The index of the chosen server; there is at least one candidate. */
    abstract int choose(Candidates candidates);
}
