package io.apiserverlb.proxy;

import java.time.Duration;

/**
 * When sessions are taken from their server, and how fast.
 *
 * @param drainTimeout over which the sessions of a server are closed that takes none any more
 */
public record ClosingRules(Duration drainTimeout, OnDown onDown, OnRemoved onRemoved, FailBack failBack) {
    /** What becomes of the sessions of a server that is down in the eyes of checks. */
    public enum OnDown {
        /** Closed within seconds, those that the server still sends something to over the drain timeout. */
        CLOSE,
        /** Nothing. */
        KEEP
    }

    /** What becomes of the sessions of a seed when a primary is usable again. */
    public enum FailBack {
        /** Closed spread over the drain timeout. */
        PACED,
        /** Closed at once. */
        NOW,
        /** Nothing. */
        NEVER
    }

    /** What becomes of the sessions of a server that an operator took off the list. */
    public enum OnRemoved {
        /** Closed spread over the drain timeout. */
        DRAIN,
        /** Closed at once. */
        CLOSE
    }
}
