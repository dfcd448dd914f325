package io.apiserverlb.pool;

/** The operator's wish for one server, as in HAProxy's {@code set server state}. */
public enum AdminState {
    /** Takes sessions while it is healthy. */
    READY,
    /** Takes no new sessions; is still checked. */
    DRAIN,
    /** Takes no new sessions and is not checked. */
    MAINT
}
