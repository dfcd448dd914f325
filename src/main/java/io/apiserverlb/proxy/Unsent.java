package io.apiserverlb.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What the other end of a connection does not take yet: bytes, or a pipe with some in it, one of the two at most.
 *
 * <p>Confined to its event loop.
 */
final class Unsent {
    private final Blocks blocks;
    private final Pipes pipes;
    private @Nullable ByteBuf bytes;
    private @Nullable Pipe pipe;

    Unsent(Blocks blocks, Pipes pipes) {
        this.blocks = blocks;
        this.pipes = pipes;
    }

    boolean isEmpty() {
        return bytes == null && pipe == null;
    }

    /** Keeps a copy of these bytes, behind those that are kept already. */
    void add(ByteBuf more, int from, int length) {
        bytes = blocks.add(bytes, more, from, length);
    }

    /** Keeps a pipe; only while there is nothing else. */
    void add(Pipe full) {
        pipe = full;
    }

    /** Sends as much as goes now. */
    void send(Socket socket) throws IOException {
        if (bytes != null) {
            bytes.skipBytes(send(socket, bytes));
            if (!bytes.isReadable()) {
                blocks.giveBack(bytes);
                bytes = null;
            }
        } else if (pipe != null) {
            while (!pipe.isEmpty() && pipe.drain(socket) > 0) {
                // A part is no sign that the socket is full: a signal cuts it short, too.
            }
            if (pipe.isEmpty()) {
                pipes.giveBack(pipe);
                pipe = null;
            }
        }
    }

    /** Sends bytes of any buffer; how many went. */
    static int send(Socket socket, ByteBuf bytes) throws IOException {
        ByteBuffer memory = bytes.internalNioBuffer(bytes.readerIndex(), bytes.readableBytes());
        return socket.send(memory, memory.position(), memory.limit());
    }

    void release() {
        if (bytes != null) {
            blocks.giveBack(bytes);
            bytes = null;
        }
        if (pipe != null) {
            pipes.giveBack(pipe);
            pipe = null;
        }
    }
}
