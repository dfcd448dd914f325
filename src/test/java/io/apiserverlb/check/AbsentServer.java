package io.apiserverlb.check;

import io.apiserverlb.pool.ServerAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

/** A port on which nobody listens, kept so that nobody else can. */
final class AbsentServer implements AutoCloseable {
    private final Socket reservation = new Socket();

    AbsentServer() throws IOException {
        reservation.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    ServerAddress address() {
        return new ServerAddress("127.0.0.1", reservation.getLocalPort());
    }

    @Override
    public void close() throws IOException {
        reservation.close();
    }
}
