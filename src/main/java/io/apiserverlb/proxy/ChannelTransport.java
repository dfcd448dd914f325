package io.apiserverlb.proxy;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Channels of Netty's, on what the JDK has everywhere. */
final class ChannelTransport implements Transport {
    private final EventLoopGroup group;
    private final Map<EventExecutor, Blocks> blocks = new HashMap<>();

    ChannelTransport(EventLoopGroup group) {
        this.group = group;
        List<EventExecutor> all = new ArrayList<>();
        group.forEach(all::add);
        long many = Blocks.many(all.size());
        all.forEach(loop -> blocks.put(loop, new Blocks(many)));
    }

    @Override
    public Listener listen(EventLoop loop, InetSocketAddress address, SocketOptions options, Listener.Arrivals arrivals)
            throws IOException {
        return ChannelListener.bind(group, loop, address, options, arrivals);
    }

    @Override
    public Listener adopt(EventLoop loop, int descriptor, SocketOptions options, Listener.Arrivals arrivals)
            throws IOException {
        throw new IOException("only Linux' own sockets can be taken over");
    }

    @Override
    public Leg connect(EventLoop loop, InetSocketAddress target, SocketOptions options) throws IOException {
        Bootstrap bootstrap = new Bootstrap()
                .group(loop)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .option(ChannelOption.AUTO_READ, false)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0)
                .handler(new Nobody());
        options.apply(bootstrap);
        ChannelFuture connecting = bootstrap.connect(target);
        if (!(connecting.channel() instanceof SocketChannel channel) || connecting.cause() != null) {
            throw new IOException(connecting.cause());
        }
        ChannelLeg leg = new ChannelLeg(channel, target, connecting);
        channel.pipeline().addLast(leg);
        return leg;
    }

    @Override
    public Blocks blocks(EventLoop loop) {
        return Objects.requireNonNull(blocks.get(loop));
    }

    @Override
    public void close() {
        blocks.values().forEach(Blocks::close);
    }

    /** Holds the place in the pipeline, which may not be empty, until there is a leg. */
    private static final class Nobody extends ChannelInboundHandlerAdapter {}
}
