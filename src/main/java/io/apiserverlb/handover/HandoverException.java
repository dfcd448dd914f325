package io.apiserverlb.handover;

/** Why nothing could be taken over; the message is for the operator. */
public final class HandoverException extends Exception {
    private static final long serialVersionUID = 1L;

    HandoverException(String message) {
        super(message);
    }
}
