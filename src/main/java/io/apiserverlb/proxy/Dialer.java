package io.apiserverlb.proxy;

import io.apiserverlb.pool.ServerPool;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import java.net.InetAddress;
import java.time.Duration;
import java.util.function.LongSupplier;

/** Connects sessions to servers; safe for use by any event loop. */
public final class Dialer {
    private final Settings settings;
    private final ServerPool pool;
    private final SocketOptions options;
    private final EventLoops loops;
    private final LongSupplier nanoTime;

    /**
     * How long connecting may take.
     *
     * @param timeout of one attempt
     * @param budget of all attempts for one client
     * @param hedgeAfter an attempt that is silent for this long gets a rival on the next server; 0: never
     */
    public record Settings(Duration timeout, Duration budget, Duration hedgeAfter) {}

    /** Dials with the sockets of these loops. */
    public Dialer(Settings settings, ServerPool pool, SocketOptions options, EventLoops loops, LongSupplier nanoTime) {
        this.settings = settings;
        this.pool = pool;
        this.options = options;
        this.loops = loops;
        this.nanoTime = nanoTime;
    }

    /** Begins to connect a client; the result is called on this event loop, once, unless the dial is cancelled. */
    Dial dial(EventLoop loop, InetAddress client, Dial.Result result) {
        Bootstrap bootstrap = new Bootstrap()
                .group(loop)
                .channel(loops.socketChannel())
                .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .option(ChannelOption.AUTO_READ, false)
                .handler(Silence.INSTANCE);
        Dial dial = new Dial(settings, pool, bootstrap, options, loop, client, nanoTime, result);
        dial.start();
        return dial;
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
