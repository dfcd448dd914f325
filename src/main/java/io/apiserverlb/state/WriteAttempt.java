package io.apiserverlb.state;

import java.util.concurrent.atomic.AtomicReference;

/** One attempt to write, which may take for ever where the disk does not answer. Safe for use by the writer and one who watches it. */
final class WriteAttempt {
    private enum Phase {
        RUNNING,
        OVERDUE,
        ENDED
    }

    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.RUNNING);

    /** It has gone on for too long; false if that is known, or it has ended. */
    boolean becomesOverdue() {
        return phase.compareAndSet(Phase.RUNNING, Phase.OVERDUE);
    }

    boolean isOverdue() {
        return phase.get() == Phase.OVERDUE;
    }

    /** Whether it was overdue at its end. */
    boolean end() {
        return phase.getAndSet(Phase.ENDED) == Phase.OVERDUE;
    }
}
