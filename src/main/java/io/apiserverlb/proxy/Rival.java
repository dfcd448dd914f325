package io.apiserverlb.proxy;

import io.apiserverlb.pool.ConnectFailure;
import io.apiserverlb.pool.Lease;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.SocketChannel;

/** A server that is asked what another one does not answer. Confined to the session's event loop. */
final class Rival extends ChannelInboundHandlerAdapter {
    private final Opening opening;
    private final SocketChannel channel;
    private final Lease lease;
    private final Retries retries;
    private final long askedAt;

    Rival(Opening opening, SocketChannel channel, Lease lease, Retries retries, long askedAt) {
        this.opening = opening;
        this.channel = channel;
        this.lease = lease;
        this.retries = retries;
        this.askedAt = askedAt;
    }

    void ask(ByteBuf question) {
        channel.pipeline().addLast(this);
        channel.writeAndFlush(question, channel.voidPromise());
        channel.config().setAutoRead(true);
    }

    /** Leaves the connection to somebody else. */
    void withdraw() {
        channel.pipeline().remove(this);
    }

    /** Its answer is not needed any more. */
    void abandon() {
        lease.abandon();
        Session.hangUp(channel, true);
    }

    /** It broke the connection. */
    void failed() {
        lease.failed(ConnectFailure.RESET);
        Session.hangUp(channel, true);
    }

    SocketChannel channel() {
        return channel;
    }

    Lease lease() {
        return lease;
    }

    Retries retries() {
        return retries;
    }

    long askedAt() {
        return askedAt;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        opening.answered(this, message);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            opening.broke(this);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        opening.broke(this);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        opening.broke(this);
    }
}
