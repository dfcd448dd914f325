package io.apiserverlb.proxy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/** A port on which the kernel drops every SYN, since the queue of connections to accept is full. */
final class BlackHole implements AutoCloseable {
    private final ServerSocket full;
    private final List<SocketChannel> queued = new ArrayList<>();

    BlackHole() throws IOException {
        full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        for (int i = 0; i < 4; i++) {
            SocketChannel channel = SocketChannel.open();
            channel.configureBlocking(false);
            channel.connect(full.getLocalSocketAddress());
            queued.add(channel);
        }
    }

    int port() {
        return full.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        for (SocketChannel channel : queued) {
            channel.close();
        }
        full.close();
    }
}
