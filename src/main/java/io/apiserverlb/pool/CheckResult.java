package io.apiserverlb.pool;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What one health check found.
 *
 * @param code HAProxy's code for it
 * @param status the HTTP status, if there was one
 * @param detail the reason in words, without anything secret
 * @param duration from the start of the check to its result
 */
public record CheckResult(
        Type type, Code code, @Nullable Integer status, String detail, Duration duration, Instant at) {

    /** How far a check goes. */
    public enum Type {
        TCP,
        TLS,
        HTTPS
    }

    /** HAProxy's check status (management guide, {@code check_status}). */
    public enum Code {
        L4OK(Outcome.PASS),
        L6OK(Outcome.PASS),
        L7OK(Outcome.PASS),
        /** Alive, but would not say whether it is ready: 401, 403, 429. */
        L7OKC(Outcome.PASS),
        /** Not ready: any other status. */
        L7STS(Outcome.SOFT),
        L4CON(Outcome.HARD),
        L4TOUT(Outcome.HARD),
        L6RSP(Outcome.HARD),
        L6TOUT(Outcome.HARD),
        L7RSP(Outcome.HARD),
        L7TOUT(Outcome.HARD),
        /** No socket for the check: our own trouble. */
        SOCKERR(Outcome.NEUTRAL);

        private final Outcome outcome;

        Code(Outcome outcome) {
            this.outcome = outcome;
        }
    }

    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;

    /**
     * What the result means for a server.
     *
     * @param hasToAnswer whether this server answered 2xx in this process's life, and is asked as it was then: 401 and 403 are an API
     *     server that is still filling its caches, not one without anonymous access
     */
    Outcome outcome(boolean hasToAnswer) {
        boolean refusesUs = status != null && (status == UNAUTHORIZED || status == FORBIDDEN);
        return code == Code.L7OKC && refusesUs && hasToAnswer ? Outcome.SOFT : code.outcome;
    }
}
