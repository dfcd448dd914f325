package io.apiserverlb.discovery.kubernetes;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import org.jspecify.annotations.Nullable;

/** What a cluster answers on a right: the part of Kubernetes' SubjectAccessReview that counts. */
@JsonIgnoreProperties(ignoreUnknown = true)
record SubjectAccessReview(@Nullable Status status) {
    @JsonIgnoreProperties(ignoreUnknown = true)
    record Status(@Nullable Boolean allowed, @Nullable Boolean denied) {}

    boolean allows() throws QuestionFailedException {
        if (status == null) {
            throw QuestionFailedException.because(QuestionFailedException.UNREADABLE, null);
        }
        return Boolean.TRUE.equals(status.allowed()) && !Boolean.TRUE.equals(status.denied());
    }
}
