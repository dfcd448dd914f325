package io.apiserverlb.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/** What a client has said while no server has answered; on its event loop. */
final class FirstFlight {
    private final Blocks blocks;
    private @Nullable ByteBuf kept;
    private ClientHello.Kind kind = ClientHello.Kind.UNFINISHED;

    FirstFlight(Blocks blocks) {
        this.blocks = blocks;
    }

    /** Takes in a copy of what came next. */
    ClientHello.Kind add(ByteBuf bytes) {
        if (bytes.isReadable()) {
            kept = blocks.add(kept, bytes, bytes.readerIndex(), bytes.readableBytes());
            kind = ClientHello.look(kept);
        }
        return kind;
    }

    boolean isEmpty() {
        return kept == null;
    }

    boolean isComplete() {
        return kind == ClientHello.Kind.COMPLETE;
    }

    /** All of it, to be said to another server. */
    ByteBuf said() {
        return kept == null ? Unpooled.EMPTY_BUFFER : kept;
    }

    void release() {
        if (kept != null) {
            blocks.giveBack(kept);
            kept = null;
        }
    }
}
