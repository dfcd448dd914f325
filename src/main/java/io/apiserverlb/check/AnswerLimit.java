package io.apiserverlb.check;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.util.ReferenceCountUtil;

/** Lets as many bytes through as an answer may have, and none while nothing was asked. Belongs to the event loop. */
final class AnswerLimit extends ChannelInboundHandlerAdapter {
    static final int MAX_BYTES = 64 * 1024;

    private long left;

    /** Something was asked: an answer may come. */
    void open() {
        left = MAX_BYTES;
    }

    /** The answer has come. */
    void shut() {
        left = 0;
    }

    /** Whether a part of the answer has come. */
    boolean hasBegun() {
        return left < MAX_BYTES;
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // a connection that cannot be closed has gone already
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        left -= ((ByteBuf) message).readableBytes();
        if (left >= 0) {
            ctx.fireChannelRead(message);
        } else {
            ReferenceCountUtil.release(message);
            ctx.fireExceptionCaught(new TooLongFrameException("more than " + MAX_BYTES / 1024 + " KiB"));
            ctx.close();
        }
    }
}
