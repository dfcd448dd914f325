package io.apiserverlb.proxy;

import io.netty.channel.epoll.Native;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;

/** A pipe of the kernel's, through which bytes go from one socket to another without being copied: splice(2). */
final class Pipe {
    /** The default of pipe(7). */
    private static final int CAPACITY = 64 * 1024;

    private final FileDescriptor out;
    private final FileDescriptor in;
    private int length;

    Pipe() throws IOException {
        FileDescriptor[] ends = FileDescriptor.pipe();
        out = ends[0];
        in = ends[1];
    }

    boolean isEmpty() {
        return length == 0;
    }

    /**
     * Takes in what a socket has received.
     *
     * @return how much; 0: nothing, or the end
     */
    int fill(FileDescriptor socket) throws IOException {
        int filled = Native.splice(socket.intValue(), -1, in.intValue(), -1, CAPACITY);
        length += filled;
        return filled;
    }

    /**
     * Gives a socket as much as it takes.
     *
     * @return how much
     */
    int drain(FileDescriptor socket) throws IOException {
        int drained = Native.splice(out.intValue(), -1, socket.intValue(), -1, length);
        length -= drained;
        return drained;
    }

    void close() {
        try {
            in.close();
            out.close();
        } catch (IOException e) {
            throw new IllegalStateException(e); // closed twice
        }
    }
}
