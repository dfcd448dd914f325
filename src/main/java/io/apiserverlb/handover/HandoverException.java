package io.apiserverlb.handover;

/** Why nothing could be taken over; the message is for the operator. */
public class HandoverException extends Exception {
    private static final long serialVersionUID = 1L;

    HandoverException(String message) {
        super(message);
    }

    /** The other process has ended. */
    static final class Gone extends HandoverException {
        private static final long serialVersionUID = 1L;

        Gone() {
            super("the process before has ended");
        }
    }
}
