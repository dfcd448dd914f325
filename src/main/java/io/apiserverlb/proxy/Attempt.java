package io.apiserverlb.proxy;

import io.apiserverlb.pool.Lease;
import io.apiserverlb.pool.ServerAddress;
import org.jspecify.annotations.Nullable;

/**
 * A connection being made to one server.
 *
 * @param leg null if there was nothing to connect with
 * @param rival whether it was begun beside one that was silent
 * @param timeoutAt nano time at which it has failed
 */
record Attempt(Lease lease, @Nullable Leg leg, boolean rival, long timeoutAt) {
    ServerAddress server() {
        return lease.server().address();
    }

    /** Losing a race is no failure. */
    void abandon() {
        lease.abandon();
        close();
    }

    void close() {
        if (leg != null) {
            leg.close(false);
        }
    }
}
