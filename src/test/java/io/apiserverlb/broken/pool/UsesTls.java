package io.apiserverlb.broken.pool;

import io.apiserverlb.broken.tls.UsesThePool;

final class UsesTls {
    static UsesThePool breach(UsesThePool tls) {
        return tls;
    }
}
