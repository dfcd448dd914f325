package io.apiserverlb.pool;

import org.jspecify.annotations.Nullable;

/**
 * What would become of a client's next connection, before any server is chosen for it.
 *
 * @param reason why it would get no session at once, in words; null if it would
 */
public record Admittance(Verdict verdict, @Nullable String reason) {
    /** Gets a session. */
    public static final Admittance ADMITTED = new Admittance(Verdict.ADMITTED, null);

    /** What a client meets with. */
    public enum Verdict {
        ADMITTED,
        /** It is accepted when there is room again. */
        WAITS,
        /** It is reset. */
        REFUSED
    }

    public static Admittance waits(String reason) {
        return new Admittance(Verdict.WAITS, reason);
    }

    public static Admittance refused(String reason) {
        return new Admittance(Verdict.REFUSED, reason);
    }
}
