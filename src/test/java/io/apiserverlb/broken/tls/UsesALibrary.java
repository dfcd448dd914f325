package io.apiserverlb.broken.tls;

import io.netty.handler.ssl.SslContext;

final class UsesALibrary {
    static SslContext breach(SslContext netty) {
        return netty;
    }
}
