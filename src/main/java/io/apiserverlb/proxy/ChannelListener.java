package io.apiserverlb.proxy;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;

/** Accepts clients by a channel of Netty's. */
final class ChannelListener extends ChannelInboundHandlerAdapter implements Listener {
    private final Channel channel;
    private final Arrivals arrivals;
    private final InetSocketAddress address;

    private ChannelListener(ServerSocketChannel socket, Arrivals arrivals) throws IOException {
        this.channel = new NioServerSocketChannel(socket);
        this.arrivals = arrivals;
        this.address = (InetSocketAddress) socket.getLocalAddress();
    }

    /** Bound before Netty has it: an event loop cannot wait for itself. */
    static Listener bind(
            EventLoopGroup group, EventLoop loop, InetSocketAddress address, SocketOptions options, Arrivals arrivals)
            throws IOException {
        ServerSocketChannel socket = ServerSocketChannel.open();
        try {
            socket.setOption(StandardSocketOptions.SO_REUSEADDR, true).bind(address, Transport.BACKLOG);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
        ChannelListener listener = new ChannelListener(socket, arrivals);
        ChannelFuture registered = new ServerBootstrap()
                .group(loop, group)
                .channelFactory(() -> (NioServerSocketChannel) listener.channel)
                .option(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .handler(listener)
                .childHandler(new Arrived(options, arrivals))
                .register();
        if (!loop.inEventLoop()) {
            registered.syncUninterruptibly();
        }
        return listener;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        SocketChannel client = (SocketChannel) message;
        InetSocketAddress remote = client.remoteAddress();
        if (remote == null) {
            client.unsafe().closeForcibly(); // gone already
            return;
        }
        ChannelLeg leg = new ChannelLeg(client, remote, null);
        client.pipeline().addLast(leg);
        if (arrivals.admit(leg)) {
            context.fireChannelRead(client);
        } else {
            leg.refuse();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        arrivals.failed(cause);
    }

    private static final class Arrived extends ChannelInitializer<SocketChannel> {
        private final SocketOptions options;
        private final Arrivals arrivals;

        Arrived(SocketOptions options, Arrivals arrivals) {
            this.options = options;
            this.arrivals = arrivals;
        }

        @Override
        protected void initChannel(SocketChannel client) {
            try {
                options.apply(client);
            } catch (ChannelException e) {
                client.close(); // broken already
                return;
            }
            arrivals.arrived(client.pipeline().get(ChannelLeg.class));
        }

        @Override
        public boolean isSharable() {
            return true;
        }
    }

    @Override
    public InetSocketAddress address() {
        return address;
    }

    @Override
    public int descriptor() {
        throw new UnsupportedOperationException("only Linux' own sockets can be passed on");
    }

    @Override
    public void accept(boolean wanted) {
        channel.config().setAutoRead(wanted);
    }

    @Override
    public void close() {
        ChannelFuture closed = channel.close();
        if (!channel.eventLoop().inEventLoop()) {
            closed.awaitUninterruptibly();
        }
    }
}
