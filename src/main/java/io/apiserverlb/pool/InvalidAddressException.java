package io.apiserverlb.pool;

/** Says in words why a text is no server address. */
public final class InvalidAddressException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    InvalidAddressException(String message) {
        super(message);
    }

    InvalidAddressException(String message, Throwable cause) {
        super(message, cause);
    }
}
