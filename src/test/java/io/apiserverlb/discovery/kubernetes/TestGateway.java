package io.apiserverlb.discovery.kubernetes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Stands in for the balancer: forwards each connection to the first server that takes it. */
final class TestGateway implements AutoCloseable {
    private final ServerSocket listener;
    private volatile List<FakeApiServer> servers;

    TestGateway(List<FakeApiServer> servers) {
        this.servers = servers;
        try {
            listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Pump.start("test-gateway", this::accept);
    }

    InetSocketAddress address() {
        return (InetSocketAddress) listener.getLocalSocketAddress();
    }

    void forwardTo(FakeApiServer... others) {
        servers = List.of(others);
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                Pump.start("test-gateway-connection", () -> forward(client));
            } catch (IOException e) {
                // Closed.
            }
        }
    }

    private void forward(Socket client) {
        Socket server = connect();
        if (server == null) {
            Pump.reset(client);
            return;
        }
        Pump.start("test-gateway-pump", () -> carry(client, server));
        carry(server, client);
    }

    private @Nullable Socket connect() {
        for (FakeApiServer server : servers) {
            try {
                return new Socket(InetAddress.getLoopbackAddress(), server.port());
            } catch (IOException e) {
                // The next one.
            }
        }
        return null;
    }

    private static void carry(Socket from, Socket to) {
        try {
            Pump.run(from.getInputStream(), to.getOutputStream());
            to.close();
        } catch (IOException e) {
            Pump.reset(to);
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
