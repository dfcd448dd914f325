package io.apiserverlb.pool;

/** When a server is used. */
public enum Role {
    /** Whenever it is usable. */
    PRIMARY,
    /** A seed that is not in the list: only while no primary is usable. */
    FALLBACK
}
