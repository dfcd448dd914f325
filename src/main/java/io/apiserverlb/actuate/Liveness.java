package io.apiserverlb.actuate;

import java.time.Duration;

/** Whether the process still works; by any thread. */
@FunctionalInterface
public interface Liveness {
    /** How long ago the event loop that is furthest behind last turned, of those for clients and for checks; seconds while all is well. */
    Duration sinceLastTurn();
}
