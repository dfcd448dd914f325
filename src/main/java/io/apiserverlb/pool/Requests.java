package io.apiserverlb.pool;

import org.jspecify.annotations.Nullable;

/**
 * What a server is to be checked for before it is due; both numbers only grow.
 *
 * @param all checks that somebody wants at once
 * @param doubts those of them that traffic wants, since it has trouble
 * @param doubtedAt nano time of the latest doubt, or null
 */
record Requests(long all, long doubts, @Nullable Long doubtedAt) {
    static final Requests NONE = new Requests(0, 0, null);

    Requests more() {
        return new Requests(all + 1, doubts, doubtedAt);
    }

    Requests doubt(long now) {
        return new Requests(all + 1, doubts + 1, now);
    }
}
