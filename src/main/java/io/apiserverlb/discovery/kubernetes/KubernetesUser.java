package io.apiserverlb.discovery.kubernetes;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A user as the cluster knows it.
 *
 * @param extra what its authenticators say beyond that
 */
public record KubernetesUser(String name, @Nullable String uid, List<String> groups, Map<String, List<String>> extra) {
    public KubernetesUser {
        groups = List.copyOf(groups);
        extra = Map.copyOf(extra);
    }
}
