package io.apiserverlb;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDomainDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A socket for datagrams to a service manager, with a thread of its own, {@code lb-notify}.
 *
 * <p>Sending never blocks, messages go out in order, and one that the receiver has no room for waits. The JDK has no such sockets, Netty's
 * epoll transport has.
 */
final class NotifySocket implements AutoCloseable {
    private static final String ABSTRACT = "@";

    private final MultiThreadIoEventLoopGroup loop;
    private final Channel channel;

    private NotifySocket(MultiThreadIoEventLoopGroup loop, Channel channel) {
        this.loop = loop;
        this.channel = channel;
    }

    /**
     * Connects to a path, or to an abstract address, whose first letter is {@code @} then.
     *
     * @throws IOException if there is nobody there, or no such sockets on this system
     */
    static NotifySocket connect(String address) throws IOException {
        if (!address.startsWith("/") && !address.startsWith(ABSTRACT)) {
            throw new IOException("only UNIX sockets are supported");
        } else if (!Epoll.isAvailable()) {
            throw new IOException("epoll is needed for it");
        }
        String name = address.startsWith(ABSTRACT) ? "\0" + address.substring(1) : address;
        MultiThreadIoEventLoopGroup loop = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("lb-notify", true), EpollIoHandler.newFactory());
        ChannelFuture connected = new Bootstrap()
                .group(loop)
                .channel(EpollDomainDatagramChannel.class)
                .handler(new ChannelInboundHandlerAdapter())
                .connect(new DomainSocketAddress(name))
                .awaitUninterruptibly();
        if (!connected.isSuccess()) {
            loop.shutdownGracefully();
            throw new IOException(connected.cause().getMessage(), connected.cause());
        }
        return new NotifySocket(loop, connected.channel());
    }

    /** Sends a message, or tells later why it could not be sent. */
    void send(String message, Consumer<Throwable> failed) {
        channel.writeAndFlush(Unpooled.copiedBuffer(message, StandardCharsets.UTF_8))
                .addListener(sent -> {
                    if (!sent.isSuccess()) {
                        failed.accept(sent.cause());
                    }
                });
    }

    /** Runs this on the socket's thread, now and again and again. */
    void repeat(Duration pause, Runnable task) {
        loop.scheduleAtFixedRate(task, 0, pause.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Sends what waits, if it can be sent at once, and ends the thread. */
    @Override
    public void close() {
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
