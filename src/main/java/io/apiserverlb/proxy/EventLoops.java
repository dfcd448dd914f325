package io.apiserverlb.proxy;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.SingleThreadEventExecutor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * A group of event loops with the transport that suits them: epoll where there is one, NIO elsewhere.
 *
 * <p>Every loop turns at least ten times a second, so that one that is stuck can be told.
 */
public final class EventLoops implements AutoCloseable {
    private static final long BEAT_MILLIS = 100;
    private static final long CLOSE_SECONDS = 5;

    private final MultiThreadIoEventLoopGroup group;
    private final boolean epoll;
    private final Transport transport;
    private final LongSupplier nanoTime;
    private final List<Heartbeat> heartbeats = new ArrayList<>();
    /** Nano time, a tenth of a second late at most, for what is asked too often to ask the system. */
    private volatile long coarseNanos;

    /**
     * Starts the loops.
     *
     * @param name of their threads
     */
    public EventLoops(String name, int threads, LongSupplier nanoTime) {
        this(name, threads, nanoTime, Epoll.isAvailable());
    }

    EventLoops(String name, int threads, LongSupplier nanoTime, boolean epoll) {
        this.epoll = epoll;
        this.nanoTime = nanoTime;
        this.coarseNanos = nanoTime.getAsLong();
        IoHandlerFactory transport = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        this.group = new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory(name, true), transport);
        this.transport = epoll ? new EpollTransport(group) : new ChannelTransport(group);
        for (EventExecutor loop : group) {
            Heartbeat heartbeat = new Heartbeat();
            heartbeats.add(heartbeat);
            // With a hook to run, and a time to be quiet for, a loop turns once more after it has seen that it is to
            // end,
            // and closes what it has; without, it may end first and leave all of that open.
            ((SingleThreadEventExecutor) loop).addShutdownHook(() -> {});
            loop.scheduleAtFixedRate(heartbeat, 0, BEAT_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    /** What to clone for a connection from one of these loops. */
    public Bootstrap bootstrap() {
        return new Bootstrap().group(group).channel(epoll ? EpollSocketChannel.class : NioSocketChannel.class);
    }

    Transport transport() {
        return transport;
    }

    MultiThreadIoEventLoopGroup group() {
        return group;
    }

    boolean epoll() {
        return epoll;
    }

    long coarseNanos() {
        return coarseNanos;
    }

    /** How long ago the loop that is furthest behind last turned. */
    public Duration sinceLastTurn() {
        long now = nanoTime.getAsLong();
        long longest = 0;
        for (Heartbeat heartbeat : heartbeats) {
            longest = Math.max(longest, now - heartbeat.latest);
        }
        return Duration.ofNanos(longest);
    }

    /** Closes every channel of these loops and ends their threads; waits for a few seconds at most. */
    @Override
    public void close() {
        group.shutdownGracefully(1, TimeUnit.SECONDS.toNanos(CLOSE_SECONDS), TimeUnit.NANOSECONDS)
                .awaitUninterruptibly(CLOSE_SECONDS, TimeUnit.SECONDS);
        if (group.isTerminated()) {
            transport.close();
        }
    }

    private final class Heartbeat implements Runnable {
        /** Written by its loop only. */
        private volatile long latest = nanoTime.getAsLong();

        @Override
        public void run() {
            latest = nanoTime.getAsLong();
            coarseNanos = latest;
        }
    }
}
