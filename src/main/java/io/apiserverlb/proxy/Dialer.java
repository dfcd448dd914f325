package io.apiserverlb.proxy;

import io.apiserverlb.pool.ServerAddress;
import io.apiserverlb.pool.ServerPool;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.function.LongSupplier;

/** Connects sessions to servers; safe for use by any event loop. */
public final class Dialer {
    private final Settings settings;
    private final ServerPool pool;
    private final SocketOptions options;
    private final Bootstrap prototype;
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
        this(
                settings,
                pool,
                options,
                new Bootstrap()
                        .channel(loops.socketChannel())
                        .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
                        .option(ChannelOption.AUTO_READ, false)
                        .handler(Silence.INSTANCE),
                nanoTime);
    }

    Dialer(Settings settings, ServerPool pool, SocketOptions options, Bootstrap prototype, LongSupplier nanoTime) {
        this.settings = settings;
        this.pool = pool;
        this.options = options;
        this.prototype = prototype;
        this.nanoTime = nanoTime;
        this.hedgeBudget = new HedgeBudget(nanoTime);
    }

    /** What connects a client, once it is started; each result is told on this event loop. */
    Dial dial(EventLoop loop, InetAddress client, Dial.Result result) {
        hedgeBudget.opened();
        return new Dial(this, loop, client, nanoTime, result);
    }

    /** Begins to connect to a server; the channel reads nothing until it is told to, and tells nobody what becomes of it. */
    ChannelFuture connect(EventLoop loop, ServerAddress server, Duration timeout) {
        InetSocketAddress target = new InetSocketAddress(server.ip().orElseThrow(), server.port());
        return options.apply(prototype.clone(loop), target.getAddress())
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) Math.max(1, timeout.toMillis()))
                .connect(target);
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

    /** Leaves a channel that nobody is interested in any more to itself. */
    static void silence(SocketChannel channel) {
        channel.config().setAutoRead(false);
        channel.pipeline().removeLast();
        channel.pipeline().addLast(Silence.INSTANCE);
    }

    /** Holds the place in the pipeline until a session takes the channel; a loser has nobody to tell. */
    @Sharable
    private static final class Silence extends ChannelInboundHandlerAdapter {
        static final Silence INSTANCE = new Silence();

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }
}
