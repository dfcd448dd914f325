package io.apiserverlb.pool;

/** What a check's result does to a server's health. */
public enum Outcome {
    PASS,
    /** The server works but says that it is not ready. */
    SOFT,
    HARD,
    /** Our own trouble; says nothing about the server. */
    NEUTRAL
}
