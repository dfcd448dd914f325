package io.apiserverlb.testing;

import io.apiserverlb.pool.ServerAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

/**
 * A port on which nobody listens, kept so that nobody else can.
 *
 * <p>It is a socket that is bound and does not listen: connections are refused, and the kernel gives the port to nobody who does not ask
 * for it by number. A listener with SO_REUSEADDR, which does, can be bound beside it.
 */
public final class HeldPort implements AutoCloseable {
    private final Socket reservation = new Socket();

    public HeldPort() throws IOException {
        reservation.setReuseAddress(true);
        reservation.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    public int port() {
        return reservation.getLocalPort();
    }

    public ServerAddress address() {
        return new ServerAddress("127.0.0.1", port());
    }

    @Override
    public void close() throws IOException {
        reservation.close();
    }
}
