package io.apiserverlb.state;

/** The state file can be read, but is none; the message says what is wrong with it. */
final class CorruptStateException extends Exception {
    CorruptStateException(String reason) {
        super(reason);
    }
}
