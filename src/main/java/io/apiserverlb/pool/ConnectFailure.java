package io.apiserverlb.pool;

/** Why a connection to a server was not made. */
public enum ConnectFailure {
    REFUSED,
    TIMEOUT,
    UNREACHABLE,
    RESET,
    /** Connected, but did not answer the client's first bytes. */
    SILENT,
    /** Our own trouble: no descriptor, port or memory left. */
    LOCAL;

    boolean isTheServers() {
        return this != LOCAL;
    }
}
