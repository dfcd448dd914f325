package io.apiserverlb.tls;

/** What a file holds is not what it should; the message says in a few words what it holds, never any of its content. */
final class PemException extends Exception {

    PemException(String message) {
        super(message);
    }
}
