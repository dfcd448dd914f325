package io.apiserverlb.pool;

/** What came of asking the cluster for its servers. */
public enum DiscoveryOutcome {
    /** A new list. */
    SUCCESS,
    FAILURE,
    /** The list that was known already. */
    UNCHANGED,
    /** No server at all, which is never true of a cluster that answers. */
    IGNORED_EMPTY
}
