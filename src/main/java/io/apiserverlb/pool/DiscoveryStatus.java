package io.apiserverlb.pool;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How finding the servers goes.
 *
 * @param kind {@link #NONE} where only the operator names servers
 * @param error why the latest attempt failed, or null
 */
public record DiscoveryStatus(
        String kind,
        @Nullable Instant lastSuccess,
        @Nullable String error) {
    public static final String NONE = "none";
}
