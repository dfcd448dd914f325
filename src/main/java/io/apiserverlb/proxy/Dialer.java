package io.apiserverlb.proxy;

import io.apiserverlb.pool.ServerAddress;
import io.apiserverlb.pool.ServerPool;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.function.LongSupplier;

/** Connects sessions to servers; safe for use by any event loop. */
public final class Dialer {
    private final Settings settings;
    private final ServerPool pool;
    private final SocketOptions options;
    private final Transport transport;
    private final LongSupplier nanoTime;
    private final HedgeBudget hedgeBudget;

    /**
     * How long connecting may take.
     *
     * @param timeout of one attempt
     * @param budget of all attempts for one client
     * @param hedgeAfter an attempt that is silent for this long gets a rival on the next server; 0: never
     * @param handshakeHedgeAfter the same for a server that has connected and does not answer a ClientHello; 0: never
     * @param zeroServers what happens when every server was tried in vain
     */
    public record Settings(
            Duration timeout,
            Duration budget,
            Duration hedgeAfter,
            Duration handshakeHedgeAfter,
            ZeroServers zeroServers) {
        Settings with(ZeroServers other) {
            return new Settings(timeout, budget, hedgeAfter, handshakeHedgeAfter, other);
        }
    }

    /** Dials with the sockets of these loops. */
    public Dialer(Settings settings, ServerPool pool, SocketOptions options, EventLoops loops, LongSupplier nanoTime) {
        this(settings, pool, options, loops.transport(), nanoTime);
    }

    Dialer(Settings settings, ServerPool pool, SocketOptions options, Transport transport, LongSupplier nanoTime) {
        this.settings = settings;
        this.pool = pool;
        this.options = options;
        this.transport = transport;
        this.nanoTime = nanoTime;
        this.hedgeBudget = new HedgeBudget(nanoTime);
    }

    /** What connects a client, once it is started; each result is told on this event loop. */
    Dial dial(EventLoop loop, InetAddress client, Dial.Result result) {
        hedgeBudget.opened();
        return new Dial(this, loop, client, nanoTime, result);
    }

    /**
     * Begins to connect to a server.
     *
     * @throws IOException if there is nothing to connect with
     */
    Leg connect(EventLoop loop, ServerAddress server) throws IOException {
        InetSocketAddress target = new InetSocketAddress(server.ip().orElseThrow(), server.port());
        return transport.connect(loop, target, options);
    }

    /** Of the sessions of a loop. */
    Blocks blocks(EventLoop loop) {
        return transport.blocks(loop);
    }

    Settings settings() {
        return settings;
    }

    ServerPool pool() {
        return pool;
    }

    HedgeBudget hedgeBudget() {
        return hedgeBudget;
    }
}
