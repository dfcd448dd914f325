package io.apiserverlb.state;

import io.apiserverlb.pool.OneLine;

/** The state file can be read, but is none; the message says what is wrong with it. */
final class CorruptStateException extends Exception {
    CorruptStateException(String reason) {
        super(OneLine.of(reason));
    }
}
