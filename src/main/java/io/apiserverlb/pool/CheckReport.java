package io.apiserverlb.pool;

import org.jspecify.annotations.Nullable;

/**
 * All that one health check learned about a server.
 *
 * @param certificate what it showed, or null if this check saw none: then the last one seen stays
 * @param kubernetesVersion {@code gitVersion} of {@code /version}, or null if this check did not ask
 */
public record CheckReport(
        CheckResult result,
        @Nullable Certificate certificate,
        @Nullable String kubernetesVersion) {}
