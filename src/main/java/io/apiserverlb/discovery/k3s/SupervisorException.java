package io.apiserverlb.discovery.k3s;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A supervisor did not say which servers there are.
 *
 * <p>The message reads on after the supervisor's name; it is one line without secrets, the same for the same trouble.
 */
final class SupervisorException extends Exception {
    /** What may be done about it. */
    enum Kind {
        /** Nothing but asking again. */
        OTHER,
        /** The CA that is known does not vouch for the supervisor: the CA may have been replaced. */
        UNTRUSTED,
        /** The supervisor's CA is not the one that the token names. */
        WRONG_CA,
        /** It asks for some time. */
        BUSY
    }

    private static final long serialVersionUID = 1;
    private static final int MAX_LENGTH = 400;

    private final Kind kind;
    private final @Nullable Duration pause;

    private SupervisorException(Kind kind, String message, @Nullable Duration pause) {
        super(oneLine(message));
        this.kind = kind;
        this.pause = pause;
    }

    SupervisorException(String message) {
        this(Kind.OTHER, message, null);
    }

    SupervisorException(Kind kind, String message) {
        this(kind, message, null);
    }

    static SupervisorException busy(String message, Duration pause) {
        return new SupervisorException(Kind.BUSY, message, pause);
    }

    /** A part of it may be text that the other side made up. */
    private static String oneLine(String message) {
        String line = message.replaceAll("[\\p{C}\\p{Zl}\\p{Zp}]", "?");
        return line.length() <= MAX_LENGTH ? line : line.substring(0, MAX_LENGTH) + "…";
    }

    Kind kind() {
        return kind;
    }

    /** How long not to ask this supervisor; null where that is up to the caller. */
    @Nullable
    Duration pause() {
        return pause;
    }

    String words() {
        return String.valueOf(getMessage());
    }
}
