package io.apiserverlb.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

/**
 * A port of loopback that stays ours while nobody listens on it.
 *
 * <p>It is a socket that is bound and does not listen: connections are refused, and the kernel gives the port to nobody who does not ask for
 * it by number. A listener with SO_REUSEADDR can be bound beside it.
 */
public final class HeldPort implements AutoCloseable {
    private final Socket socket = new Socket();

    public HeldPort() throws IOException {
        socket.setReuseAddress(true);
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    public int number() {
        return socket.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
