package io.apiserverlb.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.SocketChannel;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A connection by a channel of Netty's, where there is no epoll. */
final class ChannelLeg extends ChannelInboundHandlerAdapter implements Leg {
    private final SocketChannel channel;
    private final InetSocketAddress remote;
    private final @Nullable InetSocketAddress local;
    private final @Nullable ChannelFuture connecting;
    private @Nullable Owner owner;
    private boolean closed;
    private boolean ending;

    /** @param connecting null if it has been made */
    ChannelLeg(SocketChannel channel, InetSocketAddress remote, @Nullable ChannelFuture connecting) {
        this.channel = channel;
        this.remote = remote;
        this.local = channel.localAddress(); // told while it is open only
        this.connecting = connecting;
    }

    SocketChannel channel() {
        return channel;
    }

    @Override
    public EventLoop loop() {
        return channel.eventLoop();
    }

    @Override
    public InetSocketAddress remote() {
        return remote;
    }

    @Override
    public InetSocketAddress local() {
        return local == null ? channel.localAddress() : local;
    }

    @Override
    public void owner(Owner next) {
        owner = next;
    }

    private @Nullable Owner told() {
        return closed ? null : owner;
    }

    @Override
    public void whenConnected(Consumer<@Nullable Throwable> done) {
        Objects.requireNonNull(connecting).addListener(outcome -> done.accept(outcome.cause()));
    }

    @Override
    public void whenClosed(Runnable task) {
        channel.closeFuture().addListener(done -> task.run());
    }

    @Override
    public void read(boolean wanted) {
        if (!closed) {
            channel.config().setAutoRead(wanted);
        }
    }

    @Override
    public void passOnTo(Leg peer) {
        // There is no short way.
    }

    @Override
    public void write(ByteBuf bytes) {
        if (!ending) {
            channel.writeAndFlush(bytes.retainedDuplicate(), channel.voidPromise());
        }
    }

    @Override
    public boolean isBlocked() {
        return !channel.isWritable();
    }

    @Override
    public void endOutput() {
        ending = true;
        // The empty write completes after all that was written before it; a shutdown in their midst would drop them.
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> {
            if (written.isSuccess()) {
                channel.shutdownOutput().addListener(shutDown -> {
                    if (told() != null) {
                        told().outputEnded();
                    }
                });
            }
        });
    }

    @Override
    public boolean endsAtClose() {
        return false;
    }

    @Override
    public @Nullable TcpInfo tcpInfo() {
        return null;
    }

    @Override
    public void userTimeout(int millis) {
        // The JDK has no such option.
    }

    @Override
    public boolean isOpen() {
        return !closed && channel.isOpen();
    }

    @Override
    public void close(boolean reset) {
        closed = true;
        if (reset && channel.isOpen()) {
            linger();
        }
        channel.close();
    }

    /** Resets a client that has not been registered; by the thread that accepted it. */
    void refuse() {
        linger();
        channel.unsafe().closeForcibly(); // a plain close needs an event loop
    }

    private void linger() {
        try {
            channel.config().setSoLinger(0); // the kernel then sends a reset instead of an end
        } catch (ChannelException e) {
            // reset by the other end
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        try {
            if (told() != null) {
                told().received(bytes);
            }
        } finally {
            bytes.release();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (told() != null && channel.isWritable()) {
            told().unblocked();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof ChannelInputShutdownEvent && told() != null) {
            told().inputEnded();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (told() != null) {
            told().broken(cause);
        } else {
            context.close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (told() != null) {
            told().broken(new ClosedChannelException());
        }
    }
}
