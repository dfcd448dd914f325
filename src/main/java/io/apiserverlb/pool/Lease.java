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

    private final Traffic traffic;
    private final Server server;
    private final LongSupplier nanoTime;
    private final long takenAt;
    private Phase phase = Phase.CONNECTING;
    private boolean taken;
    private long connectNanos;

    Lease(Traffic traffic, Server server, LongSupplier nanoTime) {
        this.traffic = traffic;
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
            connectNanos = nanoTime.getAsLong() - takenAt;
        }
    }

    /** The session has this server from now on, which it counts as one of its sessions. */
    public void taken() {
        if (phase == Phase.CONNECTED && !taken) {
            taken = true;
            server.load().connected();
            traffic.connected(server.address(), connectNanos);
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
            traffic.failedToConnect(server.address(), reason, nanoTime.getAsLong() - takenAt);
            if (taken) {
                traffic.sessionEnded(server.address(), CloseReason.ERROR, nanoTime.getAsLong() - takenAt);
            }
        }
    }

    /**
     * The server is slow to connect or to answer: it is checked at once.
     *
     * @param outpaced whether another server is asked beside, which is held against this one if the check fails
     */
    public void silent(boolean outpaced) {
        traffic.silent(server.address(), outpaced);
    }

    /**
     * The server owes the client something: it is checked at once, unless it has passed a check since.
     *
     * @param since nano time from which on a passed check would do for an answer
     */
    public void unanswered(long since) {
        traffic.unanswered(server.address(), since);
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
            traffic.answered(server.address());
        }
    }

    /** Another server was faster, or better. */
    public void abandon() {
        close(CloseReason.SERVER);
    }

    /** The session, or the attempt to connect it, is over. */
    public void close(CloseReason reason) {
        if (phase != Phase.ENDED) {
            phase = Phase.ENDED;
            server.load().close();
            if (taken) {
                traffic.sessionEnded(server.address(), reason, nanoTime.getAsLong() - takenAt);
            }
        }
    }
}
