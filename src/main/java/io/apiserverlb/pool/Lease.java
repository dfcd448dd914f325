package io.apiserverlb.pool;

import java.util.function.LongSupplier;

/**
 * One session's claim on a server, from the choice to the end of the session.
 *
 * <p>Belongs to one thread. Ends once, by {@link #failed} or {@link #close}; what comes after that does nothing.
 */
public final class Lease {
    private enum Phase {
        CONNECTING,
        CONNECTED,
        /** The server has sent something. */
        ANSWERED,
        ENDED
    }

    private final ServerPool pool;
    private final Server server;
    private final LongSupplier nanoTime;
    private final long takenAt;
    private Phase phase = Phase.CONNECTING;

    Lease(ServerPool pool, Server server, LongSupplier nanoTime) {
        this.pool = pool;
        this.server = server;
        this.nanoTime = nanoTime;
        this.takenAt = nanoTime.getAsLong();
    }

    /** The server as it was when it was chosen. */
    public Server server() {
        return server;
    }

    /** The connection is made. */
    public void connected() {
        if (phase == Phase.CONNECTING) {
            phase = Phase.CONNECTED;
            server.load().connected();
            pool.connected(server.address(), nanoTime.getAsLong() - takenAt);
        }
    }

    /**
     * The connection could not be made, or the server sent nothing on it: counts against the server, unless the cause is our own, and
     * gives the claim back. Does nothing once bytes of the server were {@link #sent}.
     */
    public void failed(ConnectFailure reason) {
        if (phase == Phase.CONNECTING || phase == Phase.CONNECTED) {
            phase = Phase.ENDED;
            server.load().failedToConnect();
            server.load().close();
            pool.failedToConnect(server.address(), reason, nanoTime.getAsLong() - takenAt);
        }
    }

    /** The server is slow to connect or to answer: it is checked at once, and nothing is held against it yet. */
    public void silent() {
        pool.silent(server.address());
    }

    /** Counts bytes that came from the client. */
    public void received(int bytes) {
        server.load().addBytesIn(bytes);
    }

    /** Counts bytes that went to the client. The first ones show that the server works: until then the kernel alone may have answered. */
    public void sent(int bytes) {
        server.load().addBytesOut(bytes);
        if (phase == Phase.CONNECTED) {
            phase = Phase.ANSWERED;
            pool.answered(server.address());
        }
    }

    /** The session, or the attempt to connect it, is over. */
    public void close(CloseReason reason) {
        boolean wasConnected = phase == Phase.CONNECTED || phase == Phase.ANSWERED;
        if (phase != Phase.ENDED) {
            phase = Phase.ENDED;
            server.load().close();
        }
        if (wasConnected) {
            pool.sessionEnded(server.address(), reason, nanoTime.getAsLong() - takenAt);
        }
    }
}
