package io.apiserverlb.discovery.k3s;

/** A token that cannot be used; the message is one line that begins with the file's path and shows nothing of what the file holds. */
public final class K3sTokenException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    K3sTokenException(String message) {
        super(message);
    }
}
