package io.apiserverlb.proxy;

import io.apiserverlb.pool.Events;
import io.apiserverlb.pool.ServerPool;
import io.apiserverlb.pool.SessionView;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The side of the balancer that clients see: binds the listeners and accepts.
 *
 * <p>Bound once and then closed; seen by any thread.
 */
public final class Frontend implements SessionView, AutoCloseable {
    /** The longest queue of clients that wait to be accepted; the kernel shortens it to {@code net.core.somaxconn}. */
    private static final int BACKLOG = 4_096;

    private final Settings settings;
    private final Sessions sessions;
    private final EventLoops loops;
    private final Admission admission;
    private final Acceptor acceptor;
    private final EventLoop acceptLoop;
    private final List<Channel> bound = new ArrayList<>();
    private volatile List<InetSocketAddress> listeners = List.of();

    /**
     * Where to listen, how many sessions to have, and for whom.
     *
     * @param maxConnections at least 1
     */
    public record Settings(List<ListenAddress> listen, int maxConnections, ClientRules clients) {
        public Settings {
            listen = List.copyOf(listen);
            if (maxConnections < 1) {
                throw new IllegalArgumentException("at least 1 connection must be allowed, not " + maxConnections);
            }
        }
    }

    /** Not bound yet. */
    public Frontend(Settings settings, Sessions sessions, ServerPool pool, Events events, EventLoops loops) {
        this.settings = settings;
        this.sessions = sessions;
        this.loops = loops;
        this.acceptLoop = loops.group().next();
        this.admission = new Admission(settings.clients(), pool, events, loops::coarseNanos);
        this.acceptor = new Acceptor(settings.maxConnections(), admission, acceptLoop, pool, events);
    }

    /**
     * Binds every listener, or none.
     *
     * @throws ListenException if an address cannot be bound
     */
    public void bind() {
        for (ListenAddress address : settings.listen()) {
            for (InetSocketAddress socket : address.sockets()) {
                bind(address, socket);
            }
        }
        listeners = bound.stream()
                .map(channel -> (InetSocketAddress) channel.localAddress())
                .toList();
    }

    private void bind(ListenAddress address, InetSocketAddress socket) {
        try {
            // Without SO_REUSEPORT: a second balancer on the same port is an error, not one that silently takes half of
            // the clients.
            Channel channel = new ServerBootstrap()
                    .group(acceptLoop, loops.group())
                    .channel(loops.serverChannel())
                    .option(ChannelOption.SO_BACKLOG, BACKLOG)
                    .option(ChannelOption.SO_REUSEADDR, true)
                    .childOption(ChannelOption.AUTO_READ, false)
                    .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                    .handler(acceptor)
                    .childHandler(new Opener())
                    .bind(socket)
                    .syncUninterruptibly()
                    .channel();
            bound.add(channel);
            acceptor.add(channel);
        } catch (Exception e) { // Netty throws the checked exception of the kernel undeclared
            if (!optional(address, socket, e)) {
                close();
                throw new ListenException(socket, e);
            }
        }
    }

    /** A host without IPv6 has a localhost all the same. */
    private static boolean optional(ListenAddress address, InetSocketAddress socket, Exception cause) {
        String message = String.valueOf(cause.getMessage());
        return address.sockets().size() > 1
                && socket.getAddress() instanceof Inet6Address
                && (message.contains("Cannot assign requested address")
                        || message.contains("Address family not supported"));
    }

    private final class Opener extends ChannelInitializer<SocketChannel> {
        @Override
        protected void initChannel(SocketChannel client) {
            sessions.open(client);
        }
    }

    @Override
    public List<InetSocketAddress> listeners() {
        return listeners;
    }

    @Override
    public int active() {
        return acceptor.active();
    }

    @Override
    public int limit() {
        return settings.maxConnections();
    }

    @Override
    public Duration sinceLastTurn() {
        return loops.sinceLastTurn();
    }

    /** How many client addresses are counted at the moment. */
    int clients() {
        return admission.clients();
    }

    /** Stops accepting; sessions go on. */
    @Override
    public void close() {
        listeners = List.of();
        bound.forEach(channel -> channel.close().awaitUninterruptibly());
        bound.clear();
    }
}
