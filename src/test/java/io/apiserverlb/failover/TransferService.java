package io.apiserverlb.failover;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.apiserverlb.testing.Content;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * What a server does for a client that says {@code transfer id order up down pause}: takes and sends {@link Content} of streams that
 * belong to the id, in one of several orders, and writes down what it got, in a file that outlives its process.
 *
 * <p>The orders: {@code UP_FIRST}: all is received, then all is sent; {@code DOWN_FIRST}: the other way round; {@code BOTH} at once;
 * {@code ECHO}: sends back what comes. Each side ends its half when it has sent all. The pause is in microseconds, after each read.
 */
@SuppressWarnings("NonAtomicVolatileUpdate") // one thread at a time counts
final class TransferService {
    private static final int CHUNK = 16 * 1024;

    private final Socket connection;
    private final InputStream in;
    private final OutputStream out;
    private final Path ledger;
    private final long id;
    private final String order;
    private final long down;
    private final Content fromClient;
    private final Content toClient;
    private final Duration pause;
    private final AtomicLong sent = new AtomicLong();
    /** Of sending, which takes the error from whoever reads: he finds an end. */
    private volatile @Nullable String failure;

    /** @param words of the client's first line */
    TransferService(Socket connection, InputStream in, Path ledger, String[] words) throws IOException {
        this.connection = connection;
        this.in = in;
        this.out = connection.getOutputStream();
        this.ledger = ledger;
        this.id = Long.parseLong(words[1]);
        this.order = words[2];
        this.down = Long.parseLong(words[4]);
        this.fromClient = new Content(2 * id);
        this.toClient = new Content(2 * id + 1);
        this.pause = Duration.ofNanos(1_000 * Long.parseLong(words[5]));
    }

    void serve() throws IOException {
        note("begin " + id + " " + System.nanoTime());
        long received = 0;
        String how = "fin";
        if (order.equals("DOWN_FIRST")) {
            send();
        }
        CompletableFuture<Void> sending =
                order.equals("BOTH") ? CompletableFuture.runAsync(this::send) : CompletableFuture.completedFuture(null);
        try {
            byte[] buffer = new byte[CHUNK];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                int wrong = fromClient.mismatch(received, buffer, n);
                if (wrong >= 0) {
                    how = "wrong at " + (received + wrong);
                    return;
                }
                received += n;
                if (order.equals("ECHO")) {
                    out.write(buffer, 0, n);
                    sent.addAndGet(n);
                }
                rest();
            }
            if (order.equals("UP_FIRST")) {
                send();
            } else if (order.equals("ECHO")) {
                connection.shutdownOutput();
            }
            sending.join();
            how = failure == null ? how : failure;
        } catch (IOException e) {
            how = "broken: " + e.getMessage();
        } finally {
            note("end " + id + " " + System.nanoTime() + " " + received + " " + sent + " " + how);
        }
    }

    private void send() {
        try {
            while (sent.get() < down) {
                byte[] chunk = toClient.from(sent.get(), (int) Math.min(CHUNK, down - sent.get()));
                out.write(chunk);
                sent.addAndGet(chunk.length);
            }
            connection.shutdownOutput();
        } catch (IOException e) {
            failure = "broken while sending: " + e.getMessage();
        }
    }

    private void rest() {
        long end = System.nanoTime() + pause.toNanos();
        while (System.nanoTime() - end < 0) {
            LockSupport.parkNanos(end - System.nanoTime());
        }
    }

    /** In one write, which another thread's does not tear, and which a kill does not take back. */
    private void note(String line) throws IOException {
        Files.write(ledger, (line + "\n").getBytes(US_ASCII), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
}
