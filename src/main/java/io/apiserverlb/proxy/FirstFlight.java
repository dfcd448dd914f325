package io.apiserverlb.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;

/** What a client has said while no server has answered. */
final class FirstFlight {
    private ByteBuf kept = Unpooled.EMPTY_BUFFER;
    private ClientHello.Kind kind = ClientHello.Kind.UNFINISHED;

    /** Takes in a copy of what came next. */
    ClientHello.Kind add(ByteBuf bytes) {
        if (!bytes.isReadable()) {
            return kind;
        }
        if (isEmpty()) {
            kept = ByteBufAllocator.DEFAULT.directBuffer(bytes.readableBytes());
        }
        kept.writeBytes(bytes, bytes.readerIndex(), bytes.readableBytes());
        kind = ClientHello.look(kept);
        return kind;
    }

    boolean isEmpty() {
        return !kept.isReadable();
    }

    boolean isComplete() {
        return kind == ClientHello.Kind.COMPLETE;
    }

    /** All of it, to be said to another server. */
    ByteBuf said() {
        return kept;
    }

    void release() {
        kept.release();
        kept = Unpooled.EMPTY_BUFFER;
    }
}
