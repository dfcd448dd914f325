package io.apiserverlb.pool;

/** What to call a server's condition: the first that applies, in this order. */
public enum ServerState {
    /** Left discovery; kept for a while in case it comes back. */
    REMOVING,
    MAINT,
    DRAIN,
    /** No check has finished since the start, the discovery or the operator's {@code ready}. */
    UNCHECKED,
    /** Full credit. */
    UP,
    /** Failed lately, but not often enough to be down. */
    GOING_DOWN,
    /** Works, but says that it is not ready: no new sessions. */
    STOPPING,
    DOWN,
    /** Passed lately, but not often enough to be up. */
    GOING_UP
}
