package io.apiserverlb.failover;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * What a server does for clients that speak no TLS: the first line says what.
 *
 * <ul>
 *   <li>{@code echo}: sends back all that comes, and ends after the client
 *   <li>{@code send n}: sends n bytes of {@link Bytes} and ends its half, then takes what the client sends, as long as it sends
 *   <li>{@code pause s}: reads nothing for s seconds, then all, and answers what came
 *   <li>{@code transfer …}: see {@link TransferService}
 * </ul>
 */
final class RawProtocol {
    private static final int CHUNK = 16 * 1024;

    private static volatile String received = "nothing";

    private final Socket connection;
    private final InputStream in;
    private final OutputStream out;
    private final Path ledger;

    RawProtocol(Socket connection, Path ledger) throws IOException {
        this.connection = connection;
        this.in = new BufferedInputStream(connection.getInputStream(), CHUNK);
        this.out = connection.getOutputStream();
        this.ledger = ledger;
    }

    /** What the client of the last finished {@code send} or {@code pause} sent. */
    static String received() {
        return received;
    }

    void serve(int first) throws IOException {
        String[] command = (String.valueOf((char) first) + line()).split(" ", -1);
        switch (command[0]) {
            case "echo" -> in.transferTo(out);
            case "send" -> {
                Bytes.send(out, Long.parseLong(command[1]));
                connection.shutdownOutput();
                received = Bytes.check(in);
            }
            case "pause" -> {
                pause(Long.parseLong(command[1]));
                received = Bytes.check(in);
                out.write(received.getBytes(US_ASCII));
            }
            case "transfer" -> {
                new TransferService(connection, in, ledger, command).serve();
                return;
            }
            default -> throw new IOException("no such command");
        }
        connection.shutdownOutput();
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
            line.append((char) c);
        }
        return line.toString();
    }

    private static void pause(long seconds) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (System.nanoTime() - end < 0) {
            LockSupport.parkNanos(end - System.nanoTime());
        }
    }
}
