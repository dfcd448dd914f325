package io.apiserverlb.discovery.kubernetes;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * A question that is asked by creating an object, which the cluster answers and does not keep. Prints no secrets.
 *
 * <p>Written out here: the library's model of it comes with that of admission, which would be loaded for nothing else.
 */
final class Review<A> {
    private final String group;
    private final String kind;
    private final Map<String, Object> spec;
    private final Class<A> answer;

    private Review(String group, String kind, Map<String, Object> spec, Class<A> answer) {
        this.group = group;
        this.kind = kind;
        this.spec = spec;
        this.answer = answer;
    }

    /** Who shows this token, among those whom the API server itself would let in. */
    static Review<TokenReview> of(String token) {
        return new Review<>("authentication.k8s.io/v1", "TokenReview", Map.of("token", token), TokenReview.class);
    }

    /** Whether this user may do this with this non-resource URL. */
    static Review<SubjectAccessReview> of(KubernetesUser user, String verb, String path) {
        Map<String, Object> spec = new LinkedHashMap<>();
        spec.put("user", user.name());
        if (user.uid() != null) {
            spec.put("uid", user.uid());
        }
        spec.put("groups", user.groups());
        spec.put("extra", user.extra());
        spec.put("nonResourceAttributes", Map.of("verb", verb, "path", path));
        return new Review<>("authorization.k8s.io/v1", "SubjectAccessReview", spec, SubjectAccessReview.class);
    }

    String path() {
        return "/apis/" + group + "/" + plural();
    }

    private String plural() {
        return kind.toLowerCase(Locale.ROOT) + "s";
    }

    /** What is sent, secrets included. */
    Map<String, Object> object() {
        return Map.of("apiVersion", group, "kind", kind, "spec", spec);
    }

    Class<A> answer() {
        return answer;
    }

    /** In words, for messages. */
    String question() {
        return "create " + plural();
    }

    @Override
    public String toString() {
        return kind;
    }
}
