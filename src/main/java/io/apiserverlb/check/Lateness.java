package io.apiserverlb.check;

import io.apiserverlb.pool.ServerAddress;
import java.time.Duration;
import java.util.function.ObjLongConsumer;

/**
 * Tells when a check that traffic asked for has no answer after the time that a client would wait for it, and again while it has none: the
 * check's own time limit is for servers that nobody has complained of. Belongs to the event loop.
 */
final class Lateness {
    private static final int LOOKS_PER_PATIENCE = 2;

    private final long betweenLooks;
    private final Surroundings surroundings;
    private final ObjLongConsumer<ServerAddress> late;

    /**
     * @param patience how long a client waits; 0: for ever
     * @param late takes the server, and the nano time since when others are compared with it
     */
    Lateness(Duration patience, Surroundings surroundings, ObjLongConsumer<ServerAddress> late) {
        this.betweenLooks = patience.toNanos() / LOOKS_PER_PATIENCE;
        this.surroundings = surroundings;
        this.late = late;
    }

    /** Watches a check until it is over. */
    void watch(Attempt attempt) {
        if (betweenLooks > 0) {
            watch(attempt, 0);
        }
    }

    /** @param excused how long it was unanswered when this process itself was late: from then on it is counted anew */
    private void watch(Attempt attempt, long excused) {
        // Counted from when the server was asked, which is not before our own preparations are done.
        long wait = betweenLooks - unanswered(attempt, excused) % betweenLooks;
        long due = surroundings.now() + wait;
        surroundings.after(wait, () -> look(attempt, excused, due));
    }

    /** A check that began anew has no excuse any more. */
    private static long unanswered(Attempt attempt, long excused) {
        long whole = attempt.unansweredNanos();
        return whole < excused ? whole : whole - excused;
    }

    private void look(Attempt attempt, long excused, long due) {
        if (attempt.isOver()) {
            return;
        }
        long now = surroundings.now();
        if (now - due >= betweenLooks) {
            watch(attempt, attempt.unansweredNanos());
            return;
        }
        long unanswered = unanswered(attempt, excused);
        if (unanswered >= betweenLooks) {
            // At the first look others begin to be asked, so it is compared with them at the second.
            late.accept(attempt.server().address(), now - unanswered + betweenLooks);
        }
        watch(attempt, excused);
    }
}
