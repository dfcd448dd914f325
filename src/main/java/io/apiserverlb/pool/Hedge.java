package io.apiserverlb.pool;

/** What a server was too slow at, so that a rival was asked as well. */
public enum Hedge {
    /** Taking the connection. */
    CONNECT,
    /** Answering the client's first bytes. */
    HANDSHAKE
}
