package io.apiserverlb.api;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Sends requests that no HTTP client would. */
record RawClient(int port) {
    private static final int TIMEOUT_MILLIS = 10_000;

    /**
     * Sends these lines and an empty one, and reads until the server closes.
     *
     * @return the answer with its header
     */
    String exchange(String... lines) throws IOException {
        return exchangeFrom("127.0.0.1", lines);
    }

    /** The same from another address of this host. */
    String exchangeFrom(String address, String... lines) throws IOException {
        return send(address, String.join("\r\n", lines) + "\r\nConnection: close\r\n\r\n");
    }

    /**
     * Sends this and nothing else, and reads until the server closes.
     *
     * @param request a character for each byte
     */
    String send(String request) throws IOException {
        return send("127.0.0.1", request);
    }

    private String send(String from, String request) throws IOException {
        InetAddress server = InetAddress.getLoopbackAddress();
        try (Socket socket = new Socket(server, port, InetAddress.getByName(from), 0)) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
