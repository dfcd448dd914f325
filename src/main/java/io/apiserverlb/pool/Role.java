package io.apiserverlb.pool;

import java.util.Set;

/** When a server is used. */
public enum Role {
    /** Whenever it is usable. */
    PRIMARY,
    /** A seed that is not in the list: only while no primary is usable. */
    FALLBACK;

    /** That of a server by those who say that it exists. */
    static Role of(Set<Origin> origins) {
        return origins.equals(Set.of(Origin.SEED)) ? FALLBACK : PRIMARY;
    }
}
