package io.apiserverlb.pool;

/** Which servers new sessions go to. */
public enum Mode {
    /** Usable primaries. */
    NORMAL,
    /** Usable seeds, since no primary is usable. */
    FALLBACK,
    /** Whatever server answers, since none is usable. */
    LAST_RESORT
}
