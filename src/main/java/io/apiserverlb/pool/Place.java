package io.apiserverlb.pool;

import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Why a server is in the list.
 *
 * @param hostname the name in the list that resolved to this server, or null if the list holds its IP address
 * @param removingSince when it left discovery, or the answer for its name; or null
 * @param spareSince when it left discovery but stayed as a seed, for as long as it may be back soon; or null
 */
public record Place(
        Role role,
        Set<Origin> origins,
        @Nullable String hostname,
        @Nullable Instant removingSince,
        @Nullable Instant spareSince) {
    public Place {
        origins = Set.copyOf(origins);
    }

    /** Of a server that is named. */
    static Place of(Set<Origin> origins, @Nullable String hostname) {
        return new Place(Role.of(origins), origins, hostname, null, null);
    }

    /** Of one that is not named any more, and kept for a while. */
    static Place leaving(Set<Origin> origins, @Nullable String hostname, Instant since) {
        return new Place(Role.of(origins), origins, hostname, since, null);
    }

    boolean isDiscovered() {
        return origins.contains(Origin.DISCOVERED);
    }

    /** The same after the time of day was set. */
    Place moved(Duration by) {
        return new Place(
                role,
                origins,
                hostname,
                removingSince == null ? null : removingSince.plus(by),
                spareSince == null ? null : spareSince.plus(by));
    }

    Place spareSince(Instant since) {
        return new Place(role, origins, hostname, removingSince, since);
    }
}
