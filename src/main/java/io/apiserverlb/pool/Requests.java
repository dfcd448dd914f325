package io.apiserverlb.pool;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a server is to be checked for before it is due.
 *
 * @param all checks that somebody wants at once; only grows
 * @param doubts those of them that traffic wants, since it has trouble; only grows
 * @param guessedAt nano time of the latest doubt that was a mere guess, or null
 * @param guesses how many guesses followed one another
 */
record Requests(long all, long doubts, @Nullable Long guessedAt, int guesses) {
    static final Requests NONE = new Requests(0, 0, null, 0);

    /** Between two guesses; twice that after each, as where one is wrong the next is as well. */
    private static final long PAUSE = TimeUnit.SECONDS.toNanos(2);

    private static final int MAX_DOUBLINGS = 5;

    Requests more() {
        return new Requests(all + 1, doubts, guessedAt, guesses);
    }

    Requests doubt() {
        return new Requests(all + 1, doubts + 1, guessedAt, guesses);
    }

    /** Itself if there was a guess not long ago. */
    Requests guess(long now) {
        if (guessedAt == null) {
            return new Requests(all + 1, doubts + 1, now, 1);
        }
        long since = now - guessedAt;
        long pause = PAUSE << Math.min(guesses - 1, MAX_DOUBLINGS);
        if (since < pause) {
            return this;
        }
        return new Requests(all + 1, doubts + 1, now, since < 2 * pause ? guesses + 1 : 1);
    }
}
