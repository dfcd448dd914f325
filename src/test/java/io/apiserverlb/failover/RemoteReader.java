package io.apiserverlb.failover;

import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/** A client on another host, which begins to read when it is told to by a line, and then says what it read. */
final class RemoteReader {
    private static final int BUFFER = 1 << 16;

    private RemoteReader() {}

    /** Takes the balancer's host and port, and the byte to ask the server with; shows where it comes from, and a checksum at the end. */
    public static void main(String[] arguments) throws Exception {
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (Socket socket = new Socket()) {
            socket.setReceiveBufferSize(BUFFER);
            socket.connect(new InetSocketAddress(arguments[0], Integer.parseInt(arguments[1])));
            socket.getOutputStream().write(arguments[2].charAt(0));
            System.out.println(socket.getLocalPort());
            commands.readLine();
            System.out.println(checksum(socket.getInputStream()));
        }
    }

    private static long checksum(InputStream input) throws Exception {
        CRC32 sum = new CRC32();
        byte[] bytes = new byte[BUFFER];
        for (int count = input.read(bytes); count >= 0; count = input.read(bytes)) {
            sum.update(bytes, 0, count);
        }
        return sum.getValue();
    }
}
