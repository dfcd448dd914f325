package io.apiserverlb.demo;

import io.netty.util.NetUtil;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;

/**
 * A port on 127.0.0.1 that stays ours while nobody listens on it.
 *
 * <p>It is a socket that is bound and does not listen: connections are refused, yet the kernel gives the port to nobody
 * who does not ask for it by number. A listener with SO_REUSEADDR can be bound beside it.
 */
final class PortReservation implements AutoCloseable {
    private final Socket socket = new Socket();
    private final InetSocketAddress address;

    /** @param port 0 takes a free one */
    PortReservation(int port) throws IOException {
        try {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(NetUtil.LOCALHOST4, port));
        } catch (IOException e) {
            close();
            throw e;
        }
        this.address = (InetSocketAddress) socket.getLocalSocketAddress();
    }

    /** Also after it was closed. */
    InetSocketAddress address() {
        return address;
    }

    boolean isClosed() {
        return socket.isClosed();
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
