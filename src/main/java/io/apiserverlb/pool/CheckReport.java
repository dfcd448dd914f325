package io.apiserverlb.pool;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * All that one health check learned about a server.
 *
 * @param certificate what it showed, or null if this check saw none: then the last one seen stays
 * @param kubernetesVersion {@code gitVersion} of {@code /version}, or null if this check did not ask
 * @param connect how long the TCP connect took, or null if this check made no connection: then the last one stays
 */
public record CheckReport(
        CheckResult result,
        @Nullable Certificate certificate,
        @Nullable String kubernetesVersion,
        @Nullable Duration connect) {}
