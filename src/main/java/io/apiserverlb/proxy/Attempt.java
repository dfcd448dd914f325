package io.apiserverlb.proxy;

import io.apiserverlb.pool.Lease;
import io.apiserverlb.pool.ServerAddress;
import io.netty.channel.Channel;

/**
 * A connection being made to one server.
 *
 * @param rival whether it was begun beside one that was silent
 */
record Attempt(Lease lease, Channel channel, boolean rival) {
    ServerAddress server() {
        return lease.server().address();
    }

    /** Losing a race is no failure. */
    void abandon() {
        lease.abandon();
        if (channel.isOpen()) { // one that could not even be made cannot be closed, either
            channel.close();
        }
    }
}
