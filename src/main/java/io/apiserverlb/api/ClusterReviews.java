package io.apiserverlb.api;

import java.util.Optional;

/** Asks the cluster who callers are and what they may do. Blocks; safe for use by any thread. */
public interface ClusterReviews {
    /** Who shows this bearer token (Kubernetes TokenReview); empty if the cluster does not know it. */
    Optional<ClusterUser> user(String token) throws ReviewFailedException;

    /** Whether this user may do this with this non-resource URL (Kubernetes SubjectAccessReview). */
    boolean allows(ClusterUser user, String verb, String path) throws ReviewFailedException;

    /** The cluster cannot be asked; the message says why in words, without secrets. */
    final class ReviewFailedException extends Exception {
        private static final long serialVersionUID = 1;

        public ReviewFailedException(String message) {
            super(message);
        }
    }
}
