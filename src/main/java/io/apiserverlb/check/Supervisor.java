package io.apiserverlb.check;

import org.jspecify.annotations.Nullable;

/**
 * Where a cluster's supervisors say whether a server is ready. API servers of k3s and RKE2 tell that to nobody without a credential of
 * theirs, and supervisors to whoever may join the cluster.
 *
 * @param path asked there
 * @param port of supervisors, or null where each listens on its API server's port
 */
public record Supervisor(String path, @Nullable Integer port) {}
