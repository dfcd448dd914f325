package io.apiserverlb;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Clients that come at a steady rate, each with a connection of its own on which it says something and is answered, and their server. */
final class Newcomers implements AutoCloseable {
    private final MultiThreadIoEventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final List<String> failures = new CopyOnWriteArrayList<>();
    private final AtomicInteger come = new AtomicInteger();
    private final AtomicInteger served = new AtomicInteger();

    /** A server that says what it hears, on a free port of loopback. */
    int serve() {
        Channel listening = new ServerBootstrap()
                .group(loops)
                .channel(EpollServerSocketChannel.class)
                .childHandler(initializer(Echo::new))
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .syncUninterruptibly()
                .channel();
        return ((InetSocketAddress) listening.localAddress()).getPort();
    }

    /** From now on so many come each second. */
    void come(int port, int perSecond) {
        loops.next()
                .scheduleAtFixedRate(
                        () -> come(port), 0, TimeUnit.SECONDS.toMicros(1) / perSecond, TimeUnit.MICROSECONDS);
    }

    private void come(int port) {
        come.incrementAndGet();
        new Bootstrap()
                .group(loops)
                .channel(EpollSocketChannel.class)
                .handler(initializer(Caller::new))
                .connect(InetAddress.getLoopbackAddress(), port)
                .addListener(connected -> {
                    if (!connected.isSuccess()) {
                        failures.add("not connected: " + connected.cause().getMessage());
                    }
                });
    }

    /** How many have been answered. */
    int served() {
        return served.get();
    }

    /** Those that are still waiting. */
    int waiting() {
        return come.get() - served.get() - failures.size();
    }

    /** What others came upon. */
    List<String> failures() {
        return failures;
    }

    private interface Handlers {
        ChannelHandler make();
    }

    private static ChannelInitializer<Channel> initializer(Handlers handlers) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                channel.pipeline().addLast(handlers.make());
            }
        };
    }

    private static final class Echo extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            context.writeAndFlush(message);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }

    private final class Caller extends ChannelInboundHandlerAdapter {
        private boolean over;

        @Override
        public void channelActive(ChannelHandlerContext context) {
            context.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {1}));
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ReferenceCountUtil.release(message);
            over = true;
            served.incrementAndGet();
            context.close();
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            fail("closed unanswered");
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            fail(String.valueOf(cause.getMessage()));
            context.close();
        }

        private void fail(String how) {
            if (!over) {
                over = true;
                failures.add(how);
            }
        }
    }

    @Override
    public void close() {
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
