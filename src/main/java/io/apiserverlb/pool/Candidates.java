package io.apiserverlb.pool;

import java.util.Arrays;
import java.util.function.IntToDoubleFunction;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What a {@link Policy} chooses from. */
final class Candidates {
    private static final double HASH_RANGE = 0x1p53;

    private final Tier tier;
    private final Weights weights;
    private final @Nullable Load current;
    private final long clientHash;
    private final RandomGenerator random;

    /**
     * @param current the server that sessions stay on
     * @param clientHash equal for sessions that are to share a server
     */
    Candidates(Tier tier, Weights weights, @Nullable Load current, long clientHash, RandomGenerator random) {
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
        for (int i = 0; i < tier.loads.length; i++) {
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
        return tier.loads[index].turn + weights.turns[index];
    }

    double sessionsPerWeight(int index) {
        return tier.loads[index].active() * weights.turns[index];
    }

    boolean isCurrent(int index) {
        return tier.loads[index] == current;
    }

    int betterOfTwo() {
        int one = draw(0, 0);
        int other = draw(weights.upTo[one] - weights.each[one], weights.each[one]);
        return sessionsPerWeight(other) < sessionsPerWeight(one) ? other : one;
    }

    /** Draws by weight, as if there were a gap of that width in the row of weights. */
    private int draw(double gapStart, double gapWidth) {
        double point = random.nextDouble() * (weights.total() - gapWidth);
        double beyondGap = point < gapStart ? point : point + gapWidth;
        int found = Arrays.binarySearch(weights.upTo, beyondGap);
        // Found or not, the server is the first whose weights reach beyond the point.
        int first = found >= 0 ? found + 1 : -found - 1;
        return Math.min(first, weights.upTo.length - 1);
    }

    /**
     * Weighted rendezvous hashing: the highest −weight / ln(hash) wins, the hash spread evenly over 0 … 1. The logarithm is taken only of
     * hashes that could win, which are few.
     */
    int nearest() {
        int best = 0;
        double bestScore = -1;
        long threshold = -1;
        for (int i = 0; i < tier.hashes.length; i++) {
            long hash = Hash.mix(clientHash ^ tier.hashes[i]) >>> 11;
            if (hash > threshold) {
                double score = -weights.each[i] / Math.log((hash + 0.5) / HASH_RANGE);
                if (score > bestScore) {
                    best = i;
                    bestScore = score;
                    // By a hash up to this even the heaviest server would lose; one less, as it is rounded.
                    threshold = (long) (Math.exp(-weights.heaviest / score) * HASH_RANGE) - 1;
                }
            }
        }
        return best;
    }
}
