package io.apiserverlb.discovery.kubernetes;

/**
 * The credentials for a cluster cannot be used.
 *
 * <p>The message is one line without secrets: the file, and what is wrong with it.
 */
public final class CredentialsException extends Exception {
    CredentialsException(String message) {
        super(message.replaceAll("\\p{IsControl}", "?"));
    }
}
