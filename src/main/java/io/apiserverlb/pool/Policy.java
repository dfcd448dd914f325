package io.apiserverlb.pool;

/**
 * How one of several equally good servers is chosen; the choice itself changes nothing.
 *
 * <p>Where servers are equal in the eyes of the policy they take turns in a smooth weighted rotation that starts at a random point, so
 * that many balancers that start together do not all begin with the same server.
 */
public enum Policy {
    /** Fewest sessions for its weight: HAProxy's {@code leastconn}. */
    LEAST_CONNECTIONS(SlowStarting.BY_CHANCE, "fewest sessions for its weight; equals take turns") {
        @Override
        int choose(Candidates candidates) {
            return candidates.cheapest(candidates::sessionsPerWeight);
        }
    },
    /** In turn, by weight: HAProxy's {@code roundrobin}. */
    ROUND_ROBIN(SlowStarting.BY_CHANCE, "it is its turn") {
        @Override
        int choose(Candidates candidates) {
            return candidates.cheapest(i -> 0);
        }
    },
    /** The better of two that are drawn at random, by weight: HAProxy's {@code random(2)}. */
    RANDOM_TWO(SlowStarting.BY_WEIGHT, "the one with fewer sessions for its weight of two that are drawn at random") {
        @Override
        int choose(Candidates candidates) {
            return candidates.betterOfTwo();
        }
    },
    /** The same server until it fails: what the k3s agent's balancer does. */
    FAILOVER(SlowStarting.NOT, "sessions stay on one server until it fails") {
        @Override
        int choose(Candidates candidates) {
            return candidates.cheapest(i -> candidates.isCurrent(i) ? 0 : 1);
        }
    },
    /** The same server for the same client, by a hash that lets a new server take over only 1/n of the clients. */
    SOURCE(SlowStarting.BY_WEIGHT, "the client's address decides, by a hash") {
        @Override
        int choose(Candidates candidates) {
            return candidates.nearest();
        }
    },
    /** Fewest sessions for its weight, among the servers that take least time to connect to: the {@link Ranking} tells those. */
    LATENCY(
            SlowStarting.BY_CHANCE,
            "fewest sessions for its weight of those that are fastest to connect to; equals take turns") {
        @Override
        int choose(Candidates candidates) {
            return candidates.cheapest(candidates::sessionsPerWeight);
        }
    };

    /** How a server that comes back gets fewer sessions for a while. */
    enum SlowStarting {
        /** It weighs less. */
        BY_WEIGHT,
        /**
         * It takes part in fewer choices: where the best server takes every session, be it by ever so little, weight is no way. It has no
         * sessions, or its turn is far off.
         */
        BY_CHANCE,
        /** Not at all, since sessions do not move to it. */
        NOT
    }

    private final SlowStarting slowStarting;
    private final String decides;

    Policy(SlowStarting slowStarting, String decides) {
        this.slowStarting = slowStarting;
        this.decides = decides;
    }

    /** What makes the choice, in words. */
    String decides() {
        return decides;
    }

    /** Whether sessions that are closed come to be where there are fewest, or at least not all where they were. */
    boolean evensOut() {
        return this != FAILOVER && this != SOURCE;
    }

    SlowStarting slowStarting() {
        return slowStarting;
    }

    /** The index of the chosen server; there is at least one candidate. */
    abstract int choose(Candidates candidates);
}
