package io.apiserverlb.api;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A user as the cluster knows it. */
public record ClusterUser(String name, @Nullable String uid, List<String> groups, Map<String, List<String>> extra) {}
