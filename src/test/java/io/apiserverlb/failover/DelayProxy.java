package io.apiserverlb.failover;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A long way to a server: what goes through arrives late, either way. Only connecting is as quick as ever. */
final class DelayProxy implements AutoCloseable {
    private final EventLoop loop = TlsClient.LOOPS.next();
    private final InetSocketAddress server;
    private final long delayMillis;
    private final Channel listener;

    DelayProxy(InetSocketAddress server, Duration eachWay) {
        this.server = server;
        this.delayMillis = eachWay.toMillis();
        this.listener = new ServerBootstrap()
                .group(loop)
                .channel(NioServerSocketChannel.class)
                .childOption(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel client) {
                        join(client);
                    }
                })
                .bind(InetAddress.getLoopbackAddress(), 0)
                .syncUninterruptibly()
                .channel();
    }

    String address() {
        return "127.0.0.1:" + ((InetSocketAddress) listener.localAddress()).getPort();
    }

    private void join(Channel client) {
        new Bootstrap()
                .group(loop)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .handler(new Late(client))
                .connect(server)
                .addListener(connected -> {
                    if (!connected.isSuccess()) {
                        client.close();
                    }
                });
    }

    /** Of one loop: what was scheduled first is done first. */
    private final class Late extends ChannelInboundHandlerAdapter {
        private final Channel to;

        Late(Channel to) {
            this.to = to;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            if (to.pipeline().get(Late.class) == null) {
                to.pipeline().addLast(new Late(context.channel()));
                to.config().setAutoRead(true);
            }
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            later(() -> to.writeAndFlush(message));
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            later(to::close);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }

        private void later(Runnable task) {
            loop.schedule(task, delayMillis, TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public void close() {
        listener.close().syncUninterruptibly();
    }
}
