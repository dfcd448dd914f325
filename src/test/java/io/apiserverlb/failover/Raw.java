package io.apiserverlb.failover;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;

/** A client that speaks the {@link RawProtocol}. */
final class Raw {
    private static final int TIMEOUT_MILLIS = 100_000;

    private Raw() {}

    static Socket connect(InetSocketAddress to) throws IOException {
        return connect(to, new Socket());
    }

    static Socket connect(InetSocketAddress to, Socket socket) throws IOException {
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.connect(to);
        return socket;
    }

    static void say(Socket client, String words) throws IOException {
        client.getOutputStream().write(bytes(words));
    }

    static byte[] bytes(String words) {
        return words.getBytes(US_ASCII);
    }
}
