package io.apiserverlb.proxy;

import io.apiserverlb.pool.CloseReason;
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
        lease.close(CloseReason.SERVER);
        channel.close();
    }
}
