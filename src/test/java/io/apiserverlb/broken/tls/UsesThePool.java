package io.apiserverlb.broken.tls;

import io.apiserverlb.broken.pool.UsesARoom;

public final class UsesThePool {
    static UsesARoom breach(UsesARoom pool) {
        return pool;
    }
}
