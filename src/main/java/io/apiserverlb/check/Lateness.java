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
            look(attempt, surroundings.now() + betweenLooks);
        }
    }

    private void look(Attempt attempt, long since) {
        long due = surroundings.now() + betweenLooks;
        surroundings.after(betweenLooks, () -> {
            boolean punctual = surroundings.now() - due < betweenLooks; // else it is this process that was late
            if (punctual && attempt.isUnanswered()) {
                late.accept(attempt.server().address(), since);
            }
            if (!attempt.isOver()) {
                look(attempt, since);
            }
        });
    }
}
