package io.apiserverlb.pool;

import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Why a server is in the list.
 *
 * @param hostname the name in the list that resolved to this server, or null if the list holds its IP address
 * @param removingSince when it left discovery, or null
 */
public record Place(
        Role role,
        Set<Origin> origins,
        @Nullable String hostname,
        @Nullable Instant removingSince) {
    public Place {
        origins = Set.copyOf(origins);
    }
}
