package io.apiserverlb.pool;

/** Says in words why a text is no server address. */
public final class InvalidAddressException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;
    private static final int MAX_QUOTE = 300;

    InvalidAddressException(String message) {
        super(message);
    }

    InvalidAddressException(String message, Throwable cause) {
        super(message, cause);
    }

    /** A text of unknown origin as it may stand in a message: short, and on one line. */
    static String quoted(String text) {
        String shown = text.length() <= MAX_QUOTE ? text : text.substring(0, MAX_QUOTE) + "…";
        return "'" + shown.replaceAll("[\\p{C}\\p{Zl}\\p{Zp}]", "?") + "'";
    }
}
