package io.apiserverlb.pool;

/** Why a session ended. */
public enum CloseReason {
    CLIENT,
    SERVER,
    DOWN,
    DRAIN,
    MAINT,
    REMOVED,
    FAILBACK,
    REBALANCE,
    MAX_AGE,
    IDLE,
    HALF_CLOSE,
    ADMIN,
    SHUTDOWN,
    ERROR
}
