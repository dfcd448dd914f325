package io.apiserverlb.api;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Somebody the cluster knows, as it describes him in a TokenReview.
 *
 * @param name such as {@code system:serviceaccount:kube-system:deployer}
 */
public record ClusterUser(String name, @Nullable String uid, List<String> groups, Map<String, List<String>> extra) {
    public ClusterUser {
        groups = List.copyOf(groups);
        extra = Map.copyOf(extra);
    }
}
