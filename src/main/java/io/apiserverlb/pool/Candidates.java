package io.apiserverlb.pool;

import java.util.function.IntToDoubleFunction;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What a {@link Policy} chooses from. */
final class Candidates {
    private static final double HASH_RANGE = 0x1p53;

    private final Tier tier;
    private final double[] weights;
    private final @Nullable Load current;
    private final long clientHash;
    private final RandomGenerator random;

    /**
     * @param weights effective weights, all above 0
     * @param current the server that sessions stay on
     * @param clientHash equal for sessions that are to share a server
     */
    Candidates(Tier tier, double[] weights, @Nullable Load current, long clientHash, RandomGenerator random) {
        this.tier = tier;
        this.weights = weights;
        this.current = current;
        this.clientHash = clientHash;
        this.random = random;
    }

    /** The one with the lowest cost; among equals the one whose turn it is. */
    int cheapest(IntToDoubleFunction cost) {
        int best = 0;
        double lowest = Double.POSITIVE_INFINITY;
        double earliest = 0;
        for (int i = 0; i < weights.length; i++) {
            double candidate = cost.applyAsDouble(i);
            if (candidate <= lowest) {
                double turn = nextTurn(i);
                if (candidate < lowest || turn < earliest) {
                    best = i;
                    lowest = candidate;
                    earliest = turn;
                }
            }
        }
        return best;
    }

    /**
     * When it is a server's turn, on a clock that advances by one share of the total weight with each choice: 1/weight after its last
     * turn, as in earliest-deadline-first scheduling, so a weight that grows brings the turn forward.
     */
    double nextTurn(int index) {
        return tier.loads[index].turn + 1 / weights[index];
    }

    double sessionsPerWeight(int index) {
        return tier.loads[index].active() / weights[index];
    }

    boolean isCurrent(int index) {
        return tier.loads[index] == current;
    }

    int betterOfTwo() {
        int one = draw(-1);
        if (weights.length == 1) {
            return one;
        }
        int other = draw(one);
        return sessionsPerWeight(other) < sessionsPerWeight(one) ? other : one;
    }

    private int draw(int except) {
        double total = 0;
        for (int i = 0; i < weights.length; i++) {
            total += i == except ? 0 : weights[i];
        }
        double left = random.nextDouble() * total;
        int last = -1;
        for (int i = 0; i < weights.length; i++) {
            if (i != except) {
                last = i;
                left -= weights[i];
                if (left < 0) {
                    return i;
                }
            }
        }
        return last; // rounding left a crumb
    }

    /**
     * Weighted rendezvous hashing: the highest −weight / ln(hash) wins. The logarithm is taken only of hashes that could win, which are
     * few.
     */
    int nearest() {
        double heaviest = 0;
        for (double weight : weights) {
            heaviest = Math.max(heaviest, weight);
        }
        int best = 0;
        double bestScore = -1;
        double threshold = -1;
        for (int i = 0; i < weights.length; i++) {
            double hash = hash(i);
            if (hash > threshold) {
                double score = -weights[i] / Math.log(hash);
                if (score > bestScore) {
                    best = i;
                    bestScore = score;
                    threshold = Math.exp(-heaviest / score);
                }
            }
        }
        return best;
    }

    /** Evenly spread over 0 … 1, both excluded. */
    private double hash(int index) {
        return ((Hash.mix(clientHash ^ tier.loads[index].hash) >>> 11) + 0.5) / HASH_RANGE;
    }
}
