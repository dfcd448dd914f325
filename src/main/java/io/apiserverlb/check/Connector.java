package io.apiserverlb.check;

import io.apiserverlb.check.Attempt.Phase;
import io.apiserverlb.pool.ServerAddress;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import java.net.InetSocketAddress;
import java.util.function.Consumer;

/** Connects to one server. Belongs to the event loop. */
final class Connector {
    private final Bootstrap prototype;
    private final InetSocketAddress server;

    /** @param server an IP address and a port */
    Connector(Bootstrap prototype, ServerAddress server) {
        this.prototype = prototype;
        this.server = new InetSocketAddress(server.ip().orElseThrow(), server.port());
    }

    /** Goes on with {@code connected}, or ends the attempt. */
    void connect(Attempt attempt, ChannelHandler handler, Consumer<Channel> connected) {
        attempt.enter(Phase.CONNECT);
        ChannelFuture future = prototype.clone().handler(handler).connect(server);
        if (future.isDone()) {
            // Where there is no channel its listeners would be called by a foreign thread.
            settle(attempt, future, connected);
        } else {
            attempt.uses(future.channel());
            future.addListener(done -> settle(attempt, future, connected));
        }
    }

    private static void settle(Attempt attempt, ChannelFuture future, Consumer<Channel> connected) {
        if (!future.isSuccess()) {
            attempt.end(Failure.of(future.cause(), attempt.phase()));
        } else if (!attempt.isOver()) {
            attempt.connected();
            attempt.uses(future.channel());
            connected.accept(future.channel());
        }
    }
}
