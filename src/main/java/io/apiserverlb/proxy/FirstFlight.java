package io.apiserverlb.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;

/** What a client has said while no server has answered. */
final class FirstFlight {
    private ByteBuf kept = Unpooled.EMPTY_BUFFER;
    /** Whether it is a buffer of our own that can grow, and not one that was read into. */
    private boolean gathered;

    private ClientHello.Kind kind = ClientHello.Kind.UNFINISHED;

    /** Takes in what came next, which is not copied if it comes in one piece; the caller's reference stays the caller's. */
    ClientHello.Kind add(ByteBuf bytes) {
        if (isEmpty()) {
            kept = bytes.retainedSlice();
        } else {
            gather(bytes.alloc());
            kept.writeBytes(bytes, bytes.readerIndex(), bytes.readableBytes());
        }
        kind = ClientHello.look(kept);
        return kind;
    }

    private void gather(ByteBufAllocator allocator) {
        if (!gathered) {
            ByteBuf first = kept;
            kept = allocator.buffer().writeBytes(first);
            first.release();
            gathered = true;
        }
    }

    boolean isEmpty() {
        return !kept.isReadable();
    }

    boolean isComplete() {
        return kind == ClientHello.Kind.COMPLETE;
    }

    /** The bytes once more, for another server; released by whoever writes them. */
    ByteBuf again() {
        return kept.retainedDuplicate();
    }

    void release() {
        kept.release();
        kept = Unpooled.EMPTY_BUFFER;
    }
}
