package io.apiserverlb.pool;

/**
 * What is held against a server that checks hold up, until the next good connection or passed check; each at most {@code fall}.
 *
 * @param failures failed connections of real traffic
 * @param silences connections of real traffic that another server was asked beside; they failed if the next check does
 * @param late how often a check was found unanswered while others passed theirs: a reason to send no one there, but none to close sessions
 */
public record Suspicion(int failures, int silences, int late) {
    static final Suspicion NONE = new Suspicion(0, 0, 0);

    Suspicion failed(int fall) {
        return new Suspicion(Math.min(failures + 1, fall), silences, late);
    }

    Suspicion silent(int fall) {
        return new Suspicion(failures, Math.min(silences + 1, fall), late);
    }

    Suspicion late(int fall) {
        return new Suspicion(failures, silences, Math.min(late + 1, fall));
    }

    /** A check was answered, or nobody knows. */
    Suspicion notLate() {
        return new Suspicion(failures, silences, 0);
    }

    /** A check failed as well. */
    Suspicion confirmed(int fall) {
        return new Suspicion(Math.min(failures + silences, fall), 0, late);
    }
}
