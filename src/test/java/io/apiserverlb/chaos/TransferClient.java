package io.apiserverlb.chaos;

import io.apiserverlb.chaos.Transfer.Order;
import io.apiserverlb.chaos.Transfer.Outcome;
import io.apiserverlb.chaos.Transfer.Plan;
import io.apiserverlb.testing.Content;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Carries one {@link Plan} out, on the thread that asks for it, and one more where it sends and receives at once. */
@SuppressWarnings("NonAtomicVolatileUpdate") // one thread at a time counts
final class TransferClient {
    private static final int CHUNK = 16 * 1024;
    private static final Duration BETWEEN_ECHOES = Duration.ofMillis(250);

    private final Plan plan;
    private final InetSocketAddress to;
    private final Duration patience;
    private final Executor threads;
    private final BooleanSupplier enough;
    private final Content up;
    private final Content down;
    private final long start = System.nanoTime();
    private int port;
    /** Sending and receiving are two threads' at times. */
    private final AtomicLong sent = new AtomicLong();

    private final AtomicLong received = new AtomicLong();

    /**
     * A client that has not connected yet.
     *
     * @param patience without a byte, until it takes the transfer for stalled
     * @param enough whether an echo has gone on for long enough
     */
    TransferClient(Plan plan, InetSocketAddress to, Duration patience, Executor threads, BooleanSupplier enough) {
        this.plan = plan;
        this.to = to;
        this.patience = patience;
        this.threads = threads;
        this.enough = enough;
        this.up = new Content(2 * plan.id());
        // An echo brings back what was sent.
        this.down = plan.order() == Order.ECHO ? up : new Content(2 * plan.id() + 1);
    }

    Transfer run() {
        try (Socket socket = new Socket()) {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout((int) patience.toMillis());
            socket.bind(new InetSocketAddress(to.getAddress(), 0)); // one that is reset at once has a line, too
            port = socket.getLocalPort();
            socket.connect(to, (int) patience.toMillis());
            return run(socket);
        } catch (ConnectException e) {
            return ended(Outcome.REFUSED, e.getMessage());
        } catch (SocketTimeoutException e) {
            return ended(Outcome.STALLED, e.getMessage());
        } catch (IOException e) {
            return ended(Outcome.BROKEN, e.getMessage());
        }
    }

    private Transfer run(Socket socket) throws IOException {
        socket.getOutputStream().write(plan.firstLine());
        if (plan.aborts()) {
            send(socket, plan.abortAfter());
            socket.setSoLinger(true, 0);
            return ended(Outcome.ABORTED, null);
        }
        switch (plan.order()) {
            case UP_FIRST -> {
                send(socket, plan.up());
                socket.shutdownOutput();
                return receive(socket.getInputStream());
            }
            case DOWN_FIRST -> {
                Transfer heard = receive(socket.getInputStream());
                if (!heard.complete()) {
                    return heard;
                }
                send(socket, plan.up());
                socket.shutdownOutput();
                return ended(Outcome.COMPLETE, null);
            }
            case BOTH -> {
                CompletableFuture<@Nullable IOException> sending =
                        CompletableFuture.supplyAsync(() -> trySending(socket), threads);
                Transfer heard = receive(socket.getInputStream());
                if (heard.outcome() == Outcome.STALLED || heard.outcome() == Outcome.WRONG) {
                    socket.close();
                }
                IOException failure = sending.join();
                return heard.complete() && failure != null
                        ? ended(Outcome.BROKEN, failure.getMessage())
                        : ended(heard.outcome(), heard.detail());
            }
            case ECHO -> {
                return echo(socket);
            }
        }
        throw new AssertionError(plan);
    }

    private @Nullable IOException trySending(Socket socket) {
        try {
            send(socket, plan.up());
            socket.shutdownOutput();
            return null;
        } catch (IOException e) {
            return e;
        }
    }

    private void send(Socket socket, long count) throws IOException {
        long end = sent.get() + count;
        while (sent.get() < end) {
            byte[] chunk = up.from(sent.get(), (int) Math.min(CHUNK, end - sent.get()));
            socket.getOutputStream().write(chunk);
            sent.addAndGet(chunk.length);
        }
    }

    /** To the end. */
    private Transfer receive(InputStream in) throws IOException {
        byte[] buffer = new byte[CHUNK];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            int wrong = down.mismatch(received.get(), buffer, n);
            if (wrong >= 0) {
                return ended(Outcome.WRONG, "byte " + (received.get() + wrong) + " of what was received");
            }
            received.addAndGet(n);
            rest(Duration.ofNanos(1_000L * plan.clientPause()));
        }
        long whole = plan.order() == Order.ECHO ? sent.get() : plan.down();
        if (received.get() > whole) {
            return ended(Outcome.WRONG, "more than was sent");
        }
        return ended(received.get() == whole ? Outcome.COMPLETE : Outcome.SHORT, null);
    }

    private Transfer echo(Socket socket) throws IOException {
        byte[] buffer = new byte[CHUNK];
        while (!enough.getAsBoolean()) {
            send(socket, plan.up());
            while (received.get() < sent.get()) {
                int n = socket.getInputStream().read(buffer);
                if (n < 0) {
                    return ended(Outcome.SHORT, null);
                }
                int wrong = down.mismatch(received.get(), buffer, n);
                if (wrong >= 0) {
                    return ended(Outcome.WRONG, "byte " + (received.get() + wrong) + " of what was received");
                }
                received.addAndGet(n);
            }
            rest(BETWEEN_ECHOES);
        }
        socket.shutdownOutput();
        return receive(socket.getInputStream());
    }

    private static void rest(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() - end < 0) {
            LockSupport.parkNanos(end - System.nanoTime());
        }
    }

    private Transfer ended(Outcome outcome, @Nullable String detail) {
        return new Transfer(plan, port, start, System.nanoTime(), sent.get(), received.get(), outcome, detail);
    }
}
