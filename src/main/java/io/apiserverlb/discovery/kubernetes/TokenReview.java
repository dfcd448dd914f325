package io.apiserverlb.discovery.kubernetes;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a cluster answers to a token: the part of Kubernetes' TokenReview that counts. Holds no secret once it is read. */
@JsonIgnoreProperties(ignoreUnknown = true)
record TokenReview(@Nullable Status status) {
    /** @param error why it is none, which the cluster says of every token that it does not know */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record Status(
            @Nullable Boolean authenticated,
            @Nullable User user,
            @Nullable String error) {}

    @JsonIgnoreProperties(ignoreUnknown = true)
    record User(
            @Nullable String username,
            @Nullable String uid,
            @Nullable List<String> groups,
            @Nullable Map<String, List<String>> extra) {}

    Optional<KubernetesUser> user() throws QuestionFailedException {
        if (status == null) {
            throw QuestionFailedException.because(QuestionFailedException.UNREADABLE, null);
        }
        if (!Boolean.TRUE.equals(status.authenticated())) {
            return Optional.empty();
        }
        User user = status.user();
        if (user == null || user.username() == null || user.username().isEmpty()) {
            throw QuestionFailedException.because(QuestionFailedException.UNREADABLE, null);
        }
        return Optional.of(new KubernetesUser(
                user.username(),
                user.uid(),
                user.groups() == null ? List.of() : user.groups(),
                user.extra() == null ? Map.of() : user.extra()));
    }

    /** Why the token is none, where that is more than that nobody knows it. */
    Optional<String> complaint() {
        return Optional.ofNullable(status)
                .filter(known -> !Boolean.TRUE.equals(known.authenticated()))
                .map(Status::error)
                .map(error -> error.replaceAll("^\\[|]$", ""))
                .filter(error -> !error.isBlank() && !error.equals("invalid bearer token"));
    }
}
