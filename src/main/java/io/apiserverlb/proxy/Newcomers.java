package io.apiserverlb.proxy;

import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;

/**
 * The young connections of one event loop, which get the options that only lasting ones need if they last: most do not, and each option is
 * a call of the kernel.
 *
 * <p>Confined to its event loop.
 */
final class Newcomers {
    /** Between two ticks; a connection gets its options within two of them. */
    static final Duration TICK = Duration.ofSeconds(1);

    private record Newcomer(Socket socket, SocketOptions options) {}

    private ArrayDeque<Newcomer> latest = new ArrayDeque<>();
    private ArrayDeque<Newcomer> older = new ArrayDeque<>();

    void add(Socket socket, SocketOptions options) throws IOException {
        if (options.areUrgent(TICK.multipliedBy(2))) {
            options.applyToLasting(socket);
        } else {
            latest.add(new Newcomer(socket, options));
        }
    }

    /** To be called once in each {@link #TICK}. */
    void tick() {
        for (Newcomer newcomer = older.poll(); newcomer != null; newcomer = older.poll()) {
            if (newcomer.socket.isOpen()) {
                apply(newcomer);
            }
        }
        ArrayDeque<Newcomer> emptied = older;
        older = latest;
        latest = emptied;
    }

    private static void apply(Newcomer lasting) {
        try {
            lasting.options.applyToLasting(lasting.socket);
        } catch (IOException | RuntimeException e) { // Netty's, with the kernel's inside
            // The connection is broken, which its reader is told. Nothing may end the ticks.
        }
    }
}
