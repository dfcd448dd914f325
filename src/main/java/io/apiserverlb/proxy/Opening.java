package io.apiserverlb.proxy;

import io.apiserverlb.pool.CloseReason;
import io.apiserverlb.pool.ConnectFailure;
import io.apiserverlb.pool.Hedge;
import io.apiserverlb.pool.Lease;
import io.apiserverlb.pool.Server;
import io.apiserverlb.pool.ServerAddress;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The time of a session before its server's first byte, while all that the client said is at most a ClientHello: nothing has happened yet
 * that the client could see, so another server may take its place. One that breaks the connection is replaced at once; one that is silent
 * gets a rival, which is asked the same, and whoever answers first stays.
 *
 * <p>A frozen process still accepts connections, in the kernel; only its silence tells. Confined to the session's event loop.
 */
final class Opening implements Dial.Result {
    /** Until the next try when the budget of hedges is used up, or there is no server to ask. */
    private static final Duration RETRY = Duration.ofMillis(100);

    private final Session session;
    private final Dialer dialer;
    private final EventLoop loop;
    private final Dial dial;
    private final Blocks blocks;
    private final FirstFlight flight;

    private @Nullable Rival rival;
    private @Nullable Future<?> timer;
    private long askedAt;
    /** The client has said more than may be said to two servers. */
    private boolean committed;

    private boolean looked;
    private boolean rivalCalled;
    private boolean oneBroke;
    private boolean over;

    Opening(Session session, Dialer dialer, InetAddress client, EventLoop loop) {
        this.session = session;
        this.dialer = dialer;
        this.loop = loop;
        this.blocks = dialer.blocks(loop);
        this.flight = new FirstFlight(blocks);
        this.dial = dialer.dial(loop, client, this);
    }

    void start() {
        dial.start();
    }

    /**
     * Takes in what the client said; it goes to the server as well, if there is one.
     *
     * @return whether this goes on: there is no server yet, or another one may take its place
     */
    boolean heard(ByteBuf bytes) {
        // To have it said to another server would take memory that others need.
        committed |= rival != null || blocks.areMany();
        if (!committed || session.lease() == null) {
            committed |= flight.add(bytes) == ClientHello.Kind.OTHER;
        }
        if (flight.isComplete() && timer == null && session.lease() != null) {
            listen();
        }
        return !committed || session.lease() == null;
    }

    /** As {@link #heard}, of the end of what the client says. */
    boolean heardEnd() {
        committed = true;
        return session.lease() == null;
    }

    /** A server has been asked all that was heard. */
    private void listen() {
        askedAt = session.nanoTime();
        long hedgeAfter = dialer.settings().handshakeHedgeAfter().toNanos();
        if (hedgeAfter > 0) {
            long patience = patience(hedgeAfter);
            long unheard = dialer.settings().hedgeAfter().toNanos();
            long first = unheard == 0 ? patience : Math.min(unheard, patience);
            looked = false;
            timer = loop.schedule(() -> look(patience - first), first, TimeUnit.NANOSECONDS);
        }
    }

    /** One whose kernel has not even acknowledged the question is as silent as one that does not accept the connection. */
    private void look(long rest) {
        Leg server = session.server();
        if (over) {
            session.lookForAnswerIn(rest, askedAt);
        } else if (rest > 0 && (server == null || !isUndelivered(server))) {
            timer = loop.schedule(this::late, rest, TimeUnit.NANOSECONDS);
        } else {
            late();
        }
    }

    /** Whether the other kernel lets bytes wait for its acknowledgement; never, where ours does not say. */
    private static boolean isUndelivered(Leg server) {
        TcpInfo info = server.tcpInfo();
        return info != null && info.unacked() > 0;
    }

    /** A server that traffic has failed on lately gets half of it: few are left to find out by that it is frozen. */
    private long patience(long usual) {
        Lease lease = session.lease();
        Server server = lease == null ? null : current(lease);
        return server != null && server.health().passive() > 0 ? usual / 2 : usual;
    }

    private Server current(Lease lease) {
        return dialer.pool().list().find(lease.server().address()).orElse(lease.server());
    }

    private void late() {
        looked = true;
        if (over) {
            session.lookForAnswerIn(0, askedAt);
            return;
        }
        Lease lease = session.lease();
        if (lease != null) {
            lease.silent(false); // a rival's answer will be held against it
        }
        hedge();
    }

    private void hedge() {
        Lease lease = session.lease();
        if (lease == null || dial.isOutOfTime()) {
            return;
        }
        Server silent = current(lease);
        // Towards a server that is in doubt already it is no slow cluster that is loaded twice.
        boolean free = (!silent.usable() && !silent.health().onlyLate())
                || (silent.health().checked() && silent.health().inDoubt());
        if (!free && !dialer.hedgeBudget().take()) {
            hedgeLater();
            return;
        }
        rivalCalled = true; // before the dial, which may be over at once
        if (!dial.rival(silent)) {
            rivalCalled = false;
            if (!free) {
                dialer.hedgeBudget().giveBack();
            }
            hedgeLater();
        }
    }

    /** The first server, one in the place of another that broke, or the rival of one that is silent. */
    @Override
    public void connected(Leg leg, Lease lease, Retries retries) {
        if (session.lease() != null) {
            rival = new Rival(this, leg, lease, retries, session.nanoTime());
            rival.ask(flight.said());
            return;
        }
        session.attach(leg, lease, retries, flight.said());
        boolean broken = session.lease() != lease || session.isEnded();
        if (!broken && committed) {
            session.opened();
        } else if (!broken && flight.isComplete()) {
            listen();
        }
    }

    @Override
    public void failed(List<DialFailure> failures, Retries retries) {
        if (session.lease() == null) {
            session.unserved(failures, retries);
        } else {
            rivalFailed();
        }
    }

    /** The next one may do better. */
    private void rivalFailed() {
        hedged(false);
        hedgeLater();
    }

    private void hedgeLater() {
        timer = loop.schedule(this::hedge, RETRY.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void hedged(boolean won) {
        if (rivalCalled) {
            rivalCalled = false;
            dialer.pool().hedged(Hedge.HANDSHAKE, won);
        }
    }

    /**
     * Whether the server that is connected may be replaced without the client's knowing. If nothing was asked, what the server did may have
     * been meant for the client, so that it is kept from it only if another server will do better.
     */
    boolean isReplaceable() {
        Lease lease = session.lease();
        return !committed
                && lease != null
                && !dial.isOutOfTime()
                && (!flight.isEmpty() || dialer.pool().list().usableBeside(lease.server()) > 0);
    }

    /** The server broke the connection without a word: another one takes its place. */
    void replaceBroken() {
        ServerAddress broken = Objects.requireNonNull(session.serverAddress());
        // What the second server does not like either may well be the client's fault.
        boolean first = !oneBroke;
        oneBroke = true;
        session.detach(lease -> {
            if (first) {
                lease.failed(ConnectFailure.RESET);
            } else {
                lease.close(CloseReason.SERVER);
            }
        });
        replace(() ->
                dial.goOn(new DialFailure(broken, ConnectFailure.RESET, "closed the connection before it answered")));
    }

    /** The session must leave its server for this reason: another one takes its place. */
    void replaceFor(CloseReason reason) {
        ServerAddress left = Objects.requireNonNull(session.serverAddress());
        session.detach(lease -> lease.close(reason));
        replace(() -> dial.leave(left));
    }

    private void replace(Runnable another) {
        cancelTimer();
        hedged(true);
        Rival next = rival;
        if (next == null) {
            another.run();
            return;
        }
        promote(next);
        if (!over && session.lease() == next.lease()) {
            listen(); // it has not answered, either
        }
    }

    /** The rival was faster than the server. */
    void answered(Rival winner, ByteBuf firstBytes) {
        if (winner == rival) {
            session.detach(lease -> lease.failed(ConnectFailure.SILENT));
            promote(winner);
            session.answered(firstBytes);
        }
    }

    /** The rival broke the connection without a word. */
    void broke(Rival loser) {
        if (loser == rival) {
            rival = null;
            loser.failed();
            rivalFailed();
        }
    }

    private void promote(Rival winner) {
        rival = null;
        hedged(true);
        askedAt = winner.askedAt();
        session.attach(winner.leg(), winner.lease(), winner.retries().another(), Unpooled.EMPTY_BUFFER);
    }

    Search search() {
        return dial.search();
    }

    /** Null if the client had a server to try all the time, as most have. */
    @Nullable
    Search searchIfQueued() {
        return dial.hasQueued() ? dial.search() : null;
    }

    /** Attempts so far, beside the last one. */
    Retries retries() {
        return dial.retries();
    }

    /** Whether the server has not answered for as long as a connection may take: a client that gives up now has found it silent. */
    boolean isOverdue() {
        return session.lease() != null
                && flight.isComplete()
                && session.nanoTime() - askedAt >= dialer.settings().timeout().toNanos();
    }

    /**
     * The time is over.
     *
     * @return the look, still to come, at what the server owes when a client would lose patience: it may stop after its first word, too
     */
    @Nullable
    Future<?> close() {
        over = true;
        if (looked) {
            cancelTimer();
        }
        dial.cancel();
        Rival loser = rival;
        rival = null;
        hedged(false);
        if (loser != null) {
            loser.abandon();
        }
        flight.release();
        return timer;
    }

    private void cancelTimer() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }
}
