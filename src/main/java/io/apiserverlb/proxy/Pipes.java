package io.apiserverlb.proxy;

import java.io.IOException;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The pipes of one event loop, of which a session has one only while it is used: nobody keeps two descriptors for nothing.
 *
 * <p>Confined to its event loop.
 */
final class Pipes {
    /** Sessions beyond it copy: descriptors are for clients first. */
    private static final int MOST = 16;

    private static final int MOST_FREE = 2;

    private final ArrayDeque<Pipe> free = new ArrayDeque<>();
    private int taken;

    /** Null if there is none left. */
    @Nullable
    Pipe take() {
        Pipe pipe = free.isEmpty() ? create() : free.pop();
        if (pipe != null) {
            taken++;
        }
        return pipe;
    }

    private @Nullable Pipe create() {
        if (taken >= MOST) {
            return null;
        }
        try {
            return new Pipe();
        } catch (IOException e) {
            return null; // no descriptor left
        }
    }

    /** One that is not empty is of no more use; nor are many. */
    void giveBack(Pipe pipe) {
        taken--;
        if (pipe.isEmpty() && free.size() < MOST_FREE) {
            free.push(pipe);
        } else {
            pipe.close();
        }
    }

    void close() {
        free.forEach(Pipe::close);
        free.clear();
    }
}
