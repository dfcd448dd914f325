package io.apiserverlb.pool;

import org.jspecify.annotations.Nullable;

/**
 * When a server's results last turned, in nano time: clocks that are set do not matter.
 *
 * @param failingSince of the first hard failure, of traffic or of a check, since the server was in reach; null while it is
 * @param checkFailed whether a check was among these failures: traffic alone may fail for reasons of its own
 * @param redSince of the first soft failure since the server was last ready or down; null while it is either
 * @param passedAt of the last passed check, if there was one
 * @param passedAnewAt of the last one that made a connection for it
 */
record Streak(
        @Nullable Long failingSince,
        boolean checkFailed,
        @Nullable Long redSince,
        @Nullable Long passedAt,
        @Nullable Long passedAnewAt) {
    static final Streak NONE = new Streak(null, false, null, null, null);

    /** Whether nothing failed since all was well. */
    boolean isWell() {
        return failingSince == null && redSince == null;
    }

    /**
     * @param anew whether the check made a connection
     * @param health after it
     */
    Streak after(Outcome outcome, boolean anew, Health health, long nanos) {
        return switch (outcome) {
            case PASS ->
                new Streak(null, false, health.stopping() ? redSince : null, nanos, anew ? (Long) nanos : passedAnewAt);
            case HARD ->
                new Streak(failingSince == null ? (Long) nanos : failingSince, true, null, passedAt, passedAnewAt);
            case SOFT -> afterAnswer(health).redAt(nanos);
            case NEUTRAL -> this;
        };
    }

    /** A server that answers is in reach: what failed before is over, unless it went down by it or traffic has not seen the end. */
    private Streak afterAnswer(Health health) {
        return failingSince == null || !health.up() || health.isSuspected()
                ? this
                : new Streak(null, false, redSince, passedAt, passedAnewAt);
    }

    private Streak redAt(long nanos) {
        return redSince == null ? new Streak(failingSince, checkFailed, nanos, passedAt, passedAnewAt) : this;
    }

    Streak afterFailedConnect(long nanos) {
        return failingSince == null ? new Streak(nanos, false, redSince, passedAt, passedAnewAt) : this;
    }

    /** Traffic may take back what traffic said, but not what a check said. */
    Streak afterGoodConnect() {
        return failingSince == null || checkFailed ? this : new Streak(null, false, redSince, passedAt, passedAnewAt);
    }
}
