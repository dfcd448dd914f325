package io.apiserverlb.proxy;

import io.apiserverlb.pool.ServerList;
import io.apiserverlb.pool.ServerPool;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.SocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
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
    private final Sessions sessions;
    private final ServerBootstrap bootstrap;
    private volatile @Nullable Channel bound;

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
        this.bootstrap = new ServerBootstrap()
                .group(loops.group())
                .channel(loops.serverChannel())
                .childOption(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel client) {
                        sessions.open(client);
                    }
                });
    }

    /**
     * Takes a free port.
     *
     * @throws ListenException if loopback has none left
     */
    public void bind() {
        InetSocketAddress wanted = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try {
            bound = bootstrap.bind(wanted).syncUninterruptibly().channel();
        } catch (Exception e) { // Netty throws the checked exception of the kernel undeclared
            throw new ListenException(wanted, e);
        }
    }

    /** Where to connect; empty before it is bound and after it is closed. */
    public Optional<InetSocketAddress> address() {
        Channel channel = bound;
        return channel == null ? Optional.empty() : Optional.ofNullable((InetSocketAddress) channel.localAddress());
    }

    /** See {@link Sessions#accept}. */
    public void accept(ServerList list) {
        sessions.accept(list);
    }

    /** Stops accepting and ends the sessions. */
    @Override
    public void close() {
        Channel channel = bound;
        bound = null;
        if (channel != null) {
            channel.close().awaitUninterruptibly();
        }
        var unused = sessions.shutDown(Duration.ZERO);
    }
}
