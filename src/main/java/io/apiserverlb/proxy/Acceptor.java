package io.apiserverlb.proxy;

import io.apiserverlb.pool.Event;
import io.apiserverlb.pool.Events;
import io.apiserverlb.pool.Rejection;
import io.apiserverlb.pool.ServerPool;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts clients in, and pauses the listeners at the limit or while the process has no descriptor for another client: then clients wait in
 * the kernel's backlog.
 *
 * <p>Confined to the one event loop of all listeners, but for the count.
 */
@Sharable
final class Acceptor extends ChannelInboundHandlerAdapter {
    private static final long RESOURCES_PAUSE_SECONDS = 1;
    private static final double WARN_SHARE = 0.8;
    private static final double CALM_SHARE = 0.7;

    private final int limit;
    private final Admission admission;
    private final EventLoop loop;
    private final ServerPool pool;
    private final Events events;
    private final List<Channel> listeners = new ArrayList<>();
    private final AtomicInteger active = new AtomicInteger();
    private boolean atLimit;
    /** Told once until there is room again: at the limit every client that leaves lets another in. */
    private boolean limitReported;

    private boolean outOfResources;
    private boolean resourcesReported;
    /** Read by other loops, too: while it is false, a client that leaves changes nothing here. */
    private volatile boolean nearLimit;

    Acceptor(int limit, Admission admission, EventLoop loop, ServerPool pool, Events events) {
        this.limit = limit;
        this.admission = admission;
        this.loop = loop;
        this.pool = pool;
        this.events = events;
    }

    /** A listener is bound. */
    @Override
    public void channelActive(ChannelHandlerContext context) {
        listeners.add(context.channel());
        context.channel().config().setAutoRead(!paused());
        context.fireChannelActive();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        listeners.remove(context.channel());
        context.fireChannelInactive();
    }

    int active() {
        return active.get();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        SocketChannel client = (SocketChannel) message;
        if (!admission.admit(client)) {
            return;
        }
        int now = active.incrementAndGet();
        if (resourcesReported) {
            resourcesReported = false;
            report(Event.Severity.INFO, "clients are accepted again");
        }
        client.closeFuture().addListener(closed -> clientLeft());
        if (now >= limit * WARN_SHARE && !nearLimit) {
            nearLimit = true;
            report(Event.Severity.WARN, now + " of " + limit + " connections are in use");
        }
        if (now >= limit && !atLimit) {
            atLimit = true;
            apply();
            if (!limitReported) {
                limitReported = true;
                report(Event.Severity.WARN, "the limit of " + limit + " connections is reached: new clients wait");
            }
            relax(); // some may have left before the flag was seen
        }
        context.fireChannelRead(client);
    }

    private void clientLeft() {
        active.decrementAndGet();
        if (nearLimit && !loop.isShuttingDown()) {
            loop.execute(this::relax);
        }
    }

    private void relax() {
        if (atLimit && active.get() < limit) {
            atLimit = false;
            apply();
        }
        if (nearLimit && active.get() < limit * CALM_SHARE) {
            nearLimit = false;
            limitReported = false;
            report(
                    Event.Severity.INFO,
                    "fewer than " + (int) (CALM_SHARE * 100) + " % of the connections are in use again");
        }
    }

    /** The kernel had no descriptor or no memory for another client: trying at once would only spin. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        pool.rejected(Rejection.RESOURCES);
        if (!outOfResources) {
            outOfResources = true;
            apply();
            if (!resourcesReported) {
                resourcesReported = true;
                report(Event.Severity.ERROR, "cannot accept clients: " + cause.getMessage());
            }
            loop.schedule(this::resumeAfterResources, RESOURCES_PAUSE_SECONDS, TimeUnit.SECONDS);
        }
    }

    private void resumeAfterResources() {
        outOfResources = false;
        apply();
    }

    private boolean paused() {
        return atLimit || outOfResources;
    }

    private void apply() {
        listeners.forEach(listener -> listener.config().setAutoRead(!paused()));
    }

    private void report(Event.Severity severity, String message) {
        events.record(Event.Type.LISTENER, severity, "listener", message);
    }
}
