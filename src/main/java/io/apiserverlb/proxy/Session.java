package io.apiserverlb.proxy;

import io.apiserverlb.pool.CloseReason;
import io.apiserverlb.pool.ConnectFailure;
import io.apiserverlb.pool.Lease;
import io.apiserverlb.pool.ServerAddress;
import io.apiserverlb.pool.SessionInfo;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One client's connection from accept to end, with the server's beside it.
 *
 * <p>Confined to the client channel's event loop, but for the fields that say otherwise.
 */
final class Session {
    private final Leg client;
    private final Sessions sessions;
    private final Relay clientRelay;
    private final long number;
    private final long acceptedAt;
    private final long maxAge;

    /** Null once the server has answered, or the client has said what must not be said twice. */
    private @Nullable Opening opening;

    private @Nullable Leg server;
    private @Nullable Relay serverRelay;
    private @Nullable Future<?> answerTimer;
    private @Nullable Future<?> halfCloseTimer;
    private @Nullable Side endedFirst;
    private @Nullable Side lastPassedFrom;
    private long connectedAt;
    private Retries retries = Retries.NONE;
    /** How it was looking for a server; null of most, which had one at once. */
    private @Nullable Search search;

    private long bytesIn;
    private long bytesOut;
    private boolean ended;

    /** The claim on the server that was connected to; other threads read it to find the sessions of a server. */
    private volatile @Nullable Lease lease;
    /** {@link Departures} alone uses it. */
    private final LeaveTime leaveTime = new LeaveTime();
    /** Other threads read it to tell idle sessions, where a stale value does no harm. */
    private long lastActive;

    private long lastFromServer;

    /** @param number of no other one of these sessions */
    Session(long number, Leg client, Sessions sessions) {
        this.client = client;
        this.sessions = sessions;
        this.number = number;
        this.acceptedAt = sessions.nanoTime();
        this.maxAge = sessions.drawAge();
        this.lastActive = acceptedAt;
        this.lastFromServer = acceptedAt;
        this.clientRelay = new Relay(this, Side.CLIENT, client);
    }

    void start() {
        client.owner(clientRelay);
        opening = new Opening(this, sessions.dialer(), client.remote().getAddress(), client.loop());
        opening.start();
    }

    /**
     * Has a server from now on.
     *
     * @param said what the client said before and this server has not heard
     */
    void attach(Leg leg, Lease claim, Retries failedAttempts, ByteBuf said) {
        server = leg;
        retries = failedAttempts;
        connectedAt = sessions.nanoTime();
        search = opening == null ? null : opening.searchIfQueued();
        Relay relay = new Relay(this, Side.SERVER, leg);
        serverRelay = relay;
        leg.owner(relay);
        // Published before the list is read again: whoever changes the list meanwhile sees this session, or it sees the
        // change.
        lease = claim;
        claim.taken();
        claim.received(Math.toIntExact(bytesIn)); // what the client said before this server was there
        leg.write(said);
        if (serverRelay == relay && !ended) {
            clientRelay.connect(leg);
        }
        if (serverRelay == relay && !ended) {
            relay.connect(client);
            sessions.connected(this);
        }
    }

    /**
     * Has no server from now on.
     *
     * @param verdict on the server that it had
     */
    void detach(Consumer<Lease> verdict) {
        Leg left = server;
        Lease claim = lease;
        if (left == null || claim == null || serverRelay == null) {
            return;
        }
        server = null;
        lease = null;
        serverRelay.disconnect();
        serverRelay = null;
        clientRelay.disconnect();
        left.close(true);
        verdict.accept(claim);
    }

    /** The server that it has cannot be replaced any more. */
    void opened() {
        if (opening != null) {
            answerTimer = opening.close();
            opening = null;
        }
    }

    /** No server could be connected to. */
    void unserved(List<DialFailure> failures, Retries failedAttempts) {
        sessions.unserved(client.remote(), failures);
        retries = failedAttempts;
        end(Ending.unserved(failures, opening != null && opening.search().queued()));
    }

    /** The server that has just been attached had said this. */
    void answered(ByteBuf bytes) {
        if (serverRelay != null) {
            serverRelay.received(bytes);
        }
    }

    /** Bytes came from one side. */
    void heard(Side from, ByteBuf bytes) {
        if (opening != null && (from == Side.SERVER || !opening.heard(bytes))) {
            opened();
        }
        passed(from, bytes.readableBytes());
    }

    /** As many bytes came from one side; all that matters of them once the session is open. */
    void passed(Side from, int length) {
        lastPassedFrom = from;
        lastActive = sessions.activityNanos();
        Lease claim = lease;
        if (from == Side.CLIENT) {
            bytesIn += length;
            if (claim != null) {
                claim.received(length);
            }
        } else {
            bytesOut += length;
            lastFromServer = lastActive;
            if (claim != null) {
                claim.sent(length);
            }
        }
    }

    /**
     * Has the server looked into if the session has fallen silent when a client would lose patience. Whose turn it is cannot be told from
     * outside of TLS: a server may stop within its words, and says some that nobody waits for.
     *
     * @param nanos until then
     * @param since nano time when the server was asked first
     */
    void lookForAnswerIn(long nanos, long since) {
        answerTimer = client.loop().schedule(() -> lookForAnswer(since), nanos, TimeUnit.NANOSECONDS);
    }

    private void lookForAnswer(long since) {
        Lease claim = lease;
        long now = sessions.nanoTime();
        long silence = (now - since) / 2;
        if (claim != null && endedFirst != Side.SERVER && now - lastActive >= silence) {
            claim.unanswered(now - silence);
        }
    }

    /** One side has sent all that it will. */
    void inputEnded(Side side) {
        if (opening != null) {
            if (side == Side.SERVER && opening.isReplaceable()) {
                opening.replaceBroken();
                return;
            }
            if (side == Side.CLIENT && opening.isOverdue()) {
                end(Ending.CLIENT_ABORTED); // it has waited for the answer, and will not get one
                return;
            }
            if (side == Side.SERVER || !opening.heardEnd()) {
                opened();
            }
        }
        if (endedFirst == null) {
            endedFirst = side;
            halfCloseTimer = client.loop()
                    .schedule(
                            () -> end(Ending.halfClosed(waitsFor())),
                            sessions.halfCloseTimeout().toNanos(),
                            TimeUnit.NANOSECONDS);
        }
    }

    /** All that one side sent has been passed on, the end included. */
    void outputEnded() {
        if (clientRelay.ended() && serverRelay != null && serverRelay.ended()) {
            done();
        }
    }

    /** Both sides have sent all that they will, and it has been passed on, or will be when their connections are closed. */
    void done() {
        if (endedFirst != null) {
            end(Ending.doneBy(endedFirst));
        }
    }

    /** The connection to one side broke. */
    void broken(Side side, Ending ending) {
        if (side == Side.SERVER && opening != null && opening.isReplaceable()) {
            opening.replaceBroken();
            return;
        }
        end(ending);
    }

    /** Ends the session for a reason of the balancer's; by any thread. */
    void close(CloseReason reason) {
        client.loop().execute(() -> end(Ending.onPurpose(reason)));
    }

    /** Takes the session from a server if it is still there, which need not be its end; by any thread. */
    void leave(Lease left, Ending ending) {
        client.loop().execute(() -> {
            if (lease != left) {
                return;
            }
            if (opening != null && opening.isReplaceable()) {
                opening.replaceFor(ending.reason());
            } else {
                end(ending);
            }
        });
    }

    void end(Ending ending) {
        if (ended) {
            return;
        }
        ended = true;
        if (opening != null) {
            if (ending.reason() == CloseReason.CLIENT && opening.isOverdue() && lease != null) {
                lease.failed(ConnectFailure.SILENT);
            }
            remember(opening);
            opened();
        }
        cancel(answerTimer);
        cancel(halfCloseTimer);
        client.close(ending.reset());
        if (server != null) {
            server.close(ending.reset());
        }
        if (lease != null) {
            lease.close(ending.reason());
        }
        sessions.ended(this, ending);
    }

    /** What the log tells of a session without a server. */
    private void remember(Opening unfinished) {
        if (!isConnected()) {
            search = unfinished.search();
            retries = unfinished.retries();
        }
    }

    private static void cancel(@Nullable Future<?> timer) {
        if (timer != null) {
            timer.cancel(false);
        }
    }

    /** By any thread. */
    String id() {
        return sessions.id(number);
    }

    /** What can be seen of it by any thread. */
    SessionInfo info() {
        return sessions.info(this);
    }

    Leg client() {
        return client;
    }

    @Nullable
    Leg server() {
        return server;
    }

    InetSocketAddress clientAddress() {
        return client.remote();
    }

    InetSocketAddress listener() {
        return client.local();
    }

    /** The server that it is connected to; by any thread. */
    @Nullable
    ServerAddress serverAddress() {
        Lease claim = lease;
        return claim == null ? null : claim.server().address();
    }

    /** The server that it was connected to, or that was tried last; null if none was. */
    @Nullable
    ServerAddress lastServer() {
        if (isConnected()) {
            return serverAddress();
        }
        return search == null ? null : search.triedLast();
    }

    LeaveTime leaveTime() {
        return leaveTime;
    }

    @Nullable
    Lease lease() {
        return lease;
    }

    long nanoTime() {
        return sessions.nanoTime();
    }

    /** Nano time of the last bytes from the server, up to a tenth of a second early. */
    long lastFromServer() {
        return lastFromServer;
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

    /** The side that does not take what it is sent, else the one whose turn it is. */
    Side waitsFor() {
        if (server != null && client.isBlocked() != server.isBlocked()) {
            return client.isBlocked() ? Side.CLIENT : Side.SERVER;
        }
        Side done = endedFirst == null ? lastPassedFrom : endedFirst;
        return !isConnected() || done == Side.CLIENT ? Side.SERVER : Side.CLIENT;
    }

    /** How far it has come. */
    Phase phase() {
        if (isConnected()) {
            return Phase.DATA;
        }
        return search != null && search.queued() ? Phase.QUEUE : Phase.CONNECT;
    }

    boolean isHalfClosed() {
        return endedFirst != null;
    }

    /** Nanoseconds until it no longer waited for a server that might be worth a try, or −1 if it did not wait and none was ever chosen. */
    long queuedNanos() {
        if (search == null) {
            return 0;
        }
        return search.triedLast() == null && !search.queued() ? -1 : search.queuedNanos();
    }

    /** Nanoseconds until the server was connected to, or −1. */
    long connectNanos() {
        return server == null ? -1 : connectedAt - acceptedAt;
    }

    boolean isConnected() {
        return server != null;
    }

    boolean isEnded() {
        return ended;
    }

    Retries retries() {
        return retries;
    }

    long bytesIn() {
        return bytesIn;
    }

    long bytesOut() {
        return bytesOut;
    }
}
