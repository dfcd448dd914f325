package io.apiserverlb.chaos;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What one client that speaks no TLS did and saw.
 *
 * @param port its own
 * @param start nano time before connecting
 * @param sent bytes after its first line
 * @param detail of what went wrong
 */
record Transfer(
        Plan plan,
        int port,
        long start,
        long end,
        long sent,
        long received,
        Outcome outcome,
        @Nullable String detail) {
    /** Who sends when. */
    enum Order {
        /** The client sends all and ends its half, then the server does. */
        UP_FIRST,
        /** The server sends all and ends its half, then the client does. */
        DOWN_FIRST,
        BOTH,
        /** The server sends back what it gets, and the client goes on until it is told to end. */
        ECHO
    }

    /** How it ended, seen from the client. */
    enum Outcome {
        /** All was said and heard, the ends included. */
        COMPLETE,
        /** The end came too early. */
        SHORT,
        /** The connection broke. */
        BROKEN,
        /** The client broke it, as planned. */
        ABORTED,
        /** Nothing moved for too long. */
        STALLED,
        /** A byte that was not the one that belongs there. */
        WRONG,
        /** Nobody took the connection. */
        REFUSED
    }

    /**
     * What a client sets out to do.
     *
     * @param up bytes to the server; of {@link Order#ECHO} the bytes at once
     * @param clientPause microseconds after each read
     * @param abortAfter so many bytes up it breaks the connection; −1: never
     */
    record Plan(long id, Order order, long up, long down, int clientPause, int serverPause, long abortAfter) {
        byte[] firstLine() {
            return ("transfer " + id + " " + order + " " + up + " " + down + " " + serverPause + "\n")
                    .getBytes(StandardCharsets.US_ASCII);
        }

        boolean aborts() {
            return abortAfter >= 0;
        }
    }

    /** By which the log names it. */
    boolean complete() {
        return outcome == Outcome.COMPLETE;
    }

    @Override
    public String toString() {
        return "%s #%d (port %d, up %d, down %d, pauses %d/%d µs): %s after %d ms, sent %d, received %d%s"
                .formatted(
                        plan.order,
                        plan.id,
                        port,
                        plan.up,
                        plan.down,
                        plan.clientPause,
                        plan.serverPause,
                        outcome,
                        (end - start) / 1_000_000,
                        sent,
                        received,
                        detail == null ? "" : ", " + detail);
    }
}
