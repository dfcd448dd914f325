package io.apiserverlb.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * Passes what one half of a session receives on to the other half.
 *
 * <p>Both halves share an event loop, so neither needs a lock. A half that cannot be written to stops the reading of its peer; the end
 * of input is passed on after all bytes; a reset is passed on as a reset.
 */
final class Relay extends ChannelInboundHandlerAdapter {
    private final Session session;
    private final Side side;
    private final SocketChannel channel;
    private @Nullable SocketChannel peer;
    private boolean inputEnded;
    private boolean outputEnded;

    Relay(Session session, Side side, SocketChannel channel) {
        this.session = session;
        this.side = side;
        this.channel = channel;
    }

    /** Begins to pass bytes on. */
    void connect(SocketChannel to) {
        peer = to;
        to.flush(); // what the session wrote before
        if (peer != to) {
            return; // it broke, and has been replaced already
        }
        if (inputEnded) {
            endPeersOutput(to);
        }
        channel.config().setAutoRead(true);
    }

    /** Reads no more until it is connected again; what has been read already is kept by the session. */
    void disconnect() {
        peer = null;
        channel.config().setAutoRead(false);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        SocketChannel to = peer;
        session.passed(side, bytes);
        if (to == null) {
            bytes.release();
            return;
        }
        to.write(bytes, to.voidPromise());
        if (!to.isWritable()) {
            to.flush();
            if (!to.isWritable()) {
                channel.config().setAutoRead(false);
            }
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        if (peer != null) {
            peer.flush();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (peer != null && channel.isWritable()) {
            peer.config().setAutoRead(true);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof ChannelInputShutdownEvent && !inputEnded) {
            inputEnded = true;
            session.inputEnded(side);
            if (peer != null) {
                endPeersOutput(peer);
            }
        }
    }

    private void endPeersOutput(SocketChannel to) {
        // The empty write completes after all that was written before it; a shutdown in their midst would drop them.
        to.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> {
            if (written.isSuccess()) {
                to.shutdownOutput().addListener(shutDown -> {
                    outputEnded = true;
                    session.outputEnded();
                });
            }
        });
    }

    /** Whether all that this half will ever receive has been passed on. */
    boolean ended() {
        return outputEnded;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        session.broken(side, Ending.brokenBy(side, cause));
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        session.broken(side, Ending.abortedBy(side));
    }
}
