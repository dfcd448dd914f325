package io.apiserverlb.pool;

/** Why a client got no session. */
public enum Rejection {
    /** As many sessions as are allowed. */
    LIMIT,
    /** The client's address is not allowed. */
    ACL,
    /** No server could be connected to. */
    NO_SERVER,
    /** No descriptor or memory left. */
    RESOURCES,
    SHUTDOWN
}
