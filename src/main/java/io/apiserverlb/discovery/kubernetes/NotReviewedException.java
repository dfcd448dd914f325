package io.apiserverlb.discovery.kubernetes;

/** The cluster did not review a caller; the message says why, without secrets. */
public final class NotReviewedException extends Exception {
    private static final long serialVersionUID = 1;

    NotReviewedException(String message) {
        super(message);
    }
}
