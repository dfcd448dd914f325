package io.apiserverlb.proxy;

import io.apiserverlb.pool.CloseReason;
import io.apiserverlb.pool.Lease;
import io.apiserverlb.pool.ServerAddress;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One client's connection from accept to end, with the server's beside it.
 *
 * <p>Confined to the client channel's event loop, but for the fields that say otherwise.
 */
final class Session implements Dial.Result {
    private final SocketChannel client;
    private final InetSocketAddress clientAddress;
    private final InetSocketAddress listener;
    private final Sessions sessions;
    private final Relay clientRelay;
    private final long acceptedAt;
    private final long maxAge;

    private @Nullable Dial dial;
    private @Nullable SocketChannel server;
    private @Nullable Relay serverRelay;
    private @Nullable Future<?> halfCloseTimer;
    private @Nullable Side endedFirst;
    private @Nullable Side lastPassedFrom;
    private long connectedAt;
    private int retries;
    private long bytesIn;
    private long bytesOut;
    private boolean ended;

    /** The claim on the server that was connected to; other threads read it to find the sessions of a server. */
    private volatile @Nullable Lease lease;
    /** Whether its closing has been set for a time; {@link Departures} alone writes and reads it. */
    private final AtomicBoolean leaving = new AtomicBoolean();
    /** Other threads read it to tell idle sessions, where a stale value does no harm. */
    private long lastActive;

    Session(SocketChannel client, InetSocketAddress clientAddress, Sessions sessions) {
        this.client = client;
        this.clientAddress = clientAddress;
        this.listener = client.localAddress();
        this.sessions = sessions;
        this.acceptedAt = sessions.nanoTime();
        this.maxAge = sessions.drawAge();
        this.lastActive = acceptedAt;
        this.clientRelay = new Relay(this, Side.CLIENT, client);
    }

    void start() {
        client.pipeline().addLast(clientRelay);
        dial = sessions.dialer().dial(client.eventLoop(), clientAddress.getAddress(), this);
    }

    @Override
    public void connected(SocketChannel channel, Lease claim, int failedAttempts) {
        dial = null;
        server = channel;
        retries = failedAttempts;
        connectedAt = sessions.nanoTime();
        Relay relay = new Relay(this, Side.SERVER, channel);
        serverRelay = relay;
        channel.pipeline().addLast(relay);
        // Published before the list is read again: whoever changes the list meanwhile sees this session, or it sees the
        // change.
        lease = claim;
        claim.received(Math.toIntExact(bytesIn)); // what the client sent with its end, before there was a server
        clientRelay.connect(channel);
        relay.connect(client);
        sessions.connected(this);
    }

    @Override
    public void failed(List<DialFailure> failures) {
        dial = null;
        sessions.unserved(clientAddress, failures);
        retries = Math.max(0, failures.size() - 1);
        end(Ending.NO_SERVER);
    }

    void passed(Side from, int bytes) {
        Lease claim = lease;
        if (from == Side.CLIENT) {
            bytesIn += bytes;
            if (claim != null) {
                claim.received(bytes);
            }
        } else {
            bytesOut += bytes;
            if (claim != null) {
                claim.sent(bytes);
            }
        }
        lastPassedFrom = from;
        lastActive = sessions.activityNanos();
    }

    /** One side has sent all that it will. */
    void inputEnded(Side side) {
        if (endedFirst == null) {
            endedFirst = side;
            Side stillOpen = side == Side.CLIENT ? Side.SERVER : Side.CLIENT;
            halfCloseTimer = client.eventLoop()
                    .schedule(
                            () -> end(Ending.halfClosed(stillOpen)),
                            sessions.halfCloseTimeout().toNanos(),
                            TimeUnit.NANOSECONDS);
        }
    }

    /** All that one side sent has been passed on, the end included. */
    void outputEnded() {
        if (endedFirst != null && clientRelay.ended() && serverRelay != null && serverRelay.ended()) {
            end(Ending.doneBy(endedFirst));
        }
    }

    /** The connection to one side broke. */
    void broken(Side side) {
        end(Ending.abortedBy(side));
    }

    /** Ends the session for a reason of the balancer's; by any thread. */
    void close(CloseReason reason) {
        client.eventLoop().execute(() -> end(Ending.onPurpose(reason)));
    }

    void end(Ending ending) {
        if (ended) {
            return;
        }
        ended = true;
        if (dial != null) {
            dial.cancel();
        }
        if (halfCloseTimer != null) {
            halfCloseTimer.cancel(false);
        }
        clientRelay.release();
        hangUp(client, ending);
        if (server != null) {
            hangUp(server, ending);
        }
        if (lease != null) {
            lease.close(ending.reason());
        }
        sessions.ended(this, ending);
    }

    private static void hangUp(SocketChannel channel, Ending ending) {
        if (ending.reset() && channel.isOpen()) {
            channel.config().setSoLinger(0); // the kernel then sends a reset instead of an end
        }
        channel.close();
    }

    SocketChannel client() {
        return client;
    }

    @Nullable
    SocketChannel server() {
        return server;
    }

    InetSocketAddress clientAddress() {
        return clientAddress;
    }

    InetSocketAddress listener() {
        return listener;
    }

    /** The server that it is connected to; by any thread. */
    @Nullable
    ServerAddress serverAddress() {
        Lease claim = lease;
        return claim == null ? null : claim.server().address();
    }

    AtomicBoolean leaving() {
        return leaving;
    }

    long lastActive() {
        return lastActive;
    }

    long acceptedAt() {
        return acceptedAt;
    }

    /** Nanoseconds that it may last. */
    long maxAge() {
        return maxAge;
    }

    /** The side whose turn it is. */
    Side waitsFor() {
        Side done = endedFirst == null ? lastPassedFrom : endedFirst;
        return !isConnected() || done == Side.CLIENT ? Side.SERVER : Side.CLIENT;
    }

    boolean isHalfClosed() {
        return endedFirst != null;
    }

    /** Nanoseconds until the server was connected to, or −1. */
    long connectNanos() {
        return server == null ? -1 : connectedAt - acceptedAt;
    }

    boolean isConnected() {
        return server != null;
    }

    int retries() {
        return retries;
    }

    long bytesIn() {
        return bytesIn;
    }

    long bytesOut() {
        return bytesOut;
    }
}
