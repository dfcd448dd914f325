package io.apiserverlb.proxy;

import io.apiserverlb.pool.ServerList;
import io.apiserverlb.pool.ServerPool;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A listener on a free loopback port for this process itself, whose sessions are dialed and kept like those of clients.
 *
 * <p>They count towards no limit, and the listener neither pauses nor closes when those of clients do: a balancer that has lost its
 * servers has to be able to ask for others. Bound once and closed once; the address may be asked for by any thread.
 */
public final class PrivateListener implements AutoCloseable {
    private static final long RESOURCES_PAUSE_SECONDS = 1;

    private final Sessions sessions;
    private final SocketOptions options;
    private final EventLoops loops;
    private final EventLoop loop;
    private volatile @Nullable Listener bound;

    /**
     * Not bound yet.
     *
     * @param caller whose sessions these are, for the log
     * @param dialing but for what happens when no server can be connected to: this caller is told so at once
     */
    public PrivateListener(
            String name,
            String caller,
            Sessions.Settings settings,
            Dialer.Settings dialing,
            ServerPool pool,
            SocketOptions options,
            EventLoops loops,
            LongSupplier nanoTime,
            RandomGenerator random) {
        Dialer dialer = new Dialer(dialing.with(ZeroServers.RESET), pool, options, loops, nanoTime);
        this.sessions = new Sessions(name, caller, settings, pool, dialer, options, loops, nanoTime, random);
        this.options = options;
        this.loops = loops;
        this.loop = loops.group().next();
    }

    /**
     * Takes a free port.
     *
     * @throws ListenException if loopback has none left
     */
    public void bind() {
        InetSocketAddress wanted = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try {
            Listener listener = loops.transport().listen(loop, wanted, options, new Callers());
            loop.execute(() -> listener.accept(true));
            bound = listener;
        } catch (IOException e) {
            throw new ListenException(wanted, e);
        }
    }

    /** Where to connect; empty before it is bound and after it is closed. */
    public Optional<InetSocketAddress> address() {
        return Optional.ofNullable(bound).map(Listener::address);
    }

    /** What came in by it. */
    public Sessions sessions() {
        return sessions;
    }

    /** See {@link Sessions#accept}. */
    public void accept(ServerList list) {
        sessions.accept(list);
    }

    /** Stops accepting and ends the sessions. */
    @Override
    public void close() {
        Listener listener = bound;
        bound = null;
        if (listener != null) {
            listener.close();
        }
        var unused = sessions.shutDown(Duration.ZERO);
    }

    private final class Callers implements Listener.Arrivals {
        @Override
        public boolean admit(Leg client) {
            return true;
        }

        @Override
        public void arrived(Leg client) {
            sessions.open(client);
        }

        /** The spare ones are for it, too. */
        @Override
        public void scarce() {}

        @Override
        public void failed(Throwable cause) {
            Listener listener = bound;
            if (listener != null) { // no descriptor: trying at once would only spin
                listener.accept(false);
                loop.schedule(() -> listener.accept(true), RESOURCES_PAUSE_SECONDS, TimeUnit.SECONDS);
            }
        }
    }
}
