package io.apiserverlb.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** A session through a balancer with both of its ends in the hands of one thread, so that nothing in it happens at the same time. */
public record TestSession(Socket client, Socket server) {
    private static final int TIME_LIMIT_MILLIS = 10_000;
    private static final byte[] MESSAGE = new byte[100];

    /** Opens one through the port of a balancer that has this server only. */
    public static TestSession open(int port, ServerSocket listening) throws IOException {
        Socket client = new Socket(InetAddress.getLoopbackAddress(), port);
        client.setTcpNoDelay(true);
        client.setSoTimeout(TIME_LIMIT_MILLIS);
        listening.setSoTimeout(TIME_LIMIT_MILLIS);
        Socket server = listening.accept();
        server.setTcpNoDelay(true);
        server.setSoTimeout(TIME_LIMIT_MILLIS);
        return new TestSession(client, server);
    }

    /** A request and its answer. */
    public void roundTrip() throws IOException {
        pass(client, server);
        pass(server, client);
    }

    private static void pass(Socket from, Socket to) throws IOException {
        from.getOutputStream().write(MESSAGE);
        assertThat(to.getInputStream().readNBytes(MESSAGE.length)).hasSize(MESSAGE.length);
    }

    public void endByClient() throws IOException {
        end(client, server);
    }

    public void endByServer() throws IOException {
        end(server, client);
    }

    /** Half-closes first, which a balancer cannot tell from closing, to see when the other end has come back. */
    private static void end(Socket first, Socket second) throws IOException {
        first.shutdownOutput();
        assertThat(second.getInputStream().read()).isEqualTo(-1);
        second.close();
        assertThat(first.getInputStream().read()).isEqualTo(-1);
        first.close();
    }
}
