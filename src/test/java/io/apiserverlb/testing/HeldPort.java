package io.apiserverlb.testing;

import io.apiserverlb.pool.ServerAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

/**
 * A port that stays ours while nobody listens on it.
 *
 * <p>It is a socket that is bound and does not listen: connections are refused, and the kernel gives the port to nobody who does not ask
 * for it by number. A listener with SO_REUSEADDR, which does, can be bound beside it.
 */
public final class HeldPort implements AutoCloseable {
    private final Socket socket = new Socket();

    /** One of loopback. */
    public HeldPort() {
        this(InetAddress.getLoopbackAddress());
    }

    public HeldPort(InetAddress address) {
        try {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(address, 0));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return socket.getLocalPort();
    }

    public ServerAddress address() {
        return new ServerAddress(socket.getLocalAddress().getHostAddress(), port());
    }

    public InetSocketAddress socketAddress() {
        return (InetSocketAddress) socket.getLocalSocketAddress();
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
