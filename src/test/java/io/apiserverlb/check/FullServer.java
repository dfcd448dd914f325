package io.apiserverlb.check;

import io.apiserverlb.pool.ServerAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/** A server whose backlog is full: the kernel does not even answer those who want to connect. */
final class FullServer implements AutoCloseable {
    private static final int BACKLOG = 1;
    /** The kernel takes one more than it was told; the rest wait with us. */
    private static final int CLIENTS = BACKLOG + 3;

    private final ServerSocket listener = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
    private final List<SocketChannel> clients = new ArrayList<>();

    FullServer() throws IOException {
        for (int i = 0; i < CLIENTS; i++) {
            SocketChannel client = SocketChannel.open();
            client.configureBlocking(false);
            client.connect(new InetSocketAddress(listener.getInetAddress(), listener.getLocalPort()));
            clients.add(client);
        }
    }

    ServerAddress address() {
        return new ServerAddress("127.0.0.1", listener.getLocalPort());
    }

    @Override
    public void close() throws IOException {
        for (SocketChannel client : clients) {
            client.close();
        }
        listener.close();
    }
}
