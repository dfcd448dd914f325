package io.apiserverlb.pool;

/** Who says that a server exists. */
public enum Origin {
    /** The operator: configuration, REST, or a restored list of theirs. */
    MANAGED,
    /** The cluster itself. */
    DISCOVERED,
    /** A registration URL. */
    SEED
}
