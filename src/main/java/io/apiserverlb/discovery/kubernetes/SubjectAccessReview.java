package io.apiserverlb.discovery.kubernetes;

import org.jspecify.annotations.Nullable;

/** What a cluster answers on a right: the part of Kubernetes' SubjectAccessReview that counts. */
record SubjectAccessReview(@Nullable Status status) {
    record Status(@Nullable Boolean allowed, @Nullable Boolean denied) {}

    boolean allows() throws QuestionFailedException {
        if (status == null) {
            throw QuestionFailedException.because(QuestionFailedException.UNREADABLE, null);
        }
        return Boolean.TRUE.equals(status.allowed()) && !Boolean.TRUE.equals(status.denied());
    }
}
