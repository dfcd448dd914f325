package io.apiserverlb.demo;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A small TLS API server on 127.0.0.1 that can be broken and mended while it runs.
 *
 * <p>It answers what a balancer, a health check and kubectl's first steps ask: {@code /readyz}, {@code /livez},
 * {@code /healthz} (with {@code ?verbose}), {@code /version}, {@code /api}, {@code /apis}, {@code /cacerts}; anything
 * else is 404 with a Kubernetes {@code Status}. The header {@code X-Demo-Server} tells which server it was.
 *
 * <p>A new server is {@link Mode#STOPPED}. Its port is taken by the constructor and kept, stopped or not, until
 * {@link #close()}. Every action but {@link #start()} leads from any mode into its own: a stopped server listens again.
 * Actions return when the change is in force, throw {@link IllegalStateException} if the server is closed or cannot
 * listen, and must not be called by an event loop, since they wait for one; everything else any thread may call.
 */
public final class DemoServer implements AutoCloseable {
    /** What the server does at present. */
    public enum Mode {
        RUNNING,
        /** Connections are refused. */
        STOPPED,
        /** The kernel accepts connections, as many as its backlog holds; nothing is ever answered. */
        FROZEN,
        /** Answers come late. */
        SLOW,
        /** {@code /readyz} says 500, everything else works. */
        RED
    }

    /** Whether clients are asked for a certificate. One of another authority ends the handshake. */
    public enum ClientCertificate {
        NONE,
        OPTIONAL,
        REQUIRED
    }

    /**
     * What a server is, for all its life.
     *
     * @param number its name, from 1
     * @param port 0 takes a free one
     * @param authority whose clients it trusts, and what {@code /cacerts} shows
     * @param identity what it presents
     * @param bearerToken if present every path but {@code /cacerts} is 401 without this token or a client certificate,
     *     as with kube-apiserver's {@code --anonymous-auth=false}
     */
    public record Settings(
            int number,
            int port,
            DemoAuthority authority,
            DemoIdentity identity,
            ClientCertificate clientCertificate,
            Optional<String> bearerToken) {

        public Settings {
            if (number < 1) {
                throw new IllegalArgumentException("A demo server's number starts at 1, not " + number);
            }
            if (port < 0 || port > 0xffff) {
                throw new IllegalArgumentException("A port is 0 to 65535, not " + port);
            }
            if (bearerToken.filter(String::isBlank).isPresent()) {
                throw new IllegalArgumentException("A bearer token must not be blank");
            }
        }

        /** A free port, a certificate for the usual names, and no questions asked of the client. */
        public static Settings of(int number, DemoAuthority authority) {
            return new Settings(
                    number, 0, authority, authority.issueServer(), ClientCertificate.NONE, Optional.empty());
        }

        public Settings withPort(int port) {
            return new Settings(number, port, authority, identity, clientCertificate, bearerToken);
        }

        public Settings withIdentity(DemoIdentity identity) {
            return new Settings(number, port, authority, identity, clientCertificate, bearerToken);
        }

        public Settings withClientCertificate(ClientCertificate clientCertificate) {
            return new Settings(number, port, authority, identity, clientCertificate, bearerToken);
        }

        public Settings withBearerToken(String bearerToken) {
            return new Settings(number, port, authority, identity, clientCertificate, Optional.of(bearerToken));
        }

        @Override
        public String toString() {
            return "Settings[number=" + number + ", port=" + port + ", identity=" + identity + ", clientCertificate="
                    + clientCertificate + ", bearerToken=" + (bearerToken.isPresent() ? "(hidden)" : "none") + "]";
        }
    }

    private static final Logger log = LoggerFactory.getLogger(DemoServer.class);

    private final int number;
    private final IoEventLoop loop;
    private final PortReservation port;
    private final ServerBootstrap bootstrap;
    private final ChannelGroup connections;
    private final DemoTraffic traffic = new DemoTraffic();
    /** Written on the event loop only, so that every connection sees a change at the same moment. */
    private volatile Behaviour behaviour = Behaviour.of(Mode.STOPPED);
    /** Guarded by this. */
    private @Nullable Channel listener;

    /** @param loops of the NIO kind; one of its loops does all of this server's work and must outlive it */
    public DemoServer(Settings settings, IoEventLoopGroup loops) {
        if (!loops.isIoType(NioIoHandler.class)) {
            // epoll reads a frozen connection, auto-read or not, as soon as its peer half-closes.
            throw new IllegalArgumentException("A demo server needs an event loop group of the NIO kind");
        }
        this.number = settings.number();
        this.loop = loops.next();
        this.connections = new DefaultChannelGroup(loop);
        this.port = reserve(settings);
        this.bootstrap = new ServerBootstrap()
                .group(loop)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.AUTO_READ, false)
                .childHandler(new DemoPipeline(settings, address(), connections, traffic, () -> behaviour));
    }

    public int number() {
        return number;
    }

    public int port() {
        return port.address().getPort();
    }

    /** {@code host:port}, as in {@code lb.server-addresses}. */
    public String address() {
        return port.address().getAddress().getHostAddress() + ":" + port();
    }

    public Mode mode() {
        return behaviour.mode();
    }

    /** A stopped server runs; any other stays as it is. */
    public synchronized void start() {
        if (mode() == Mode.STOPPED) {
            enter(Behaviour.of(Mode.RUNNING));
        }
    }

    /** Refuses new connections and resets those there are. */
    public synchronized void stop() {
        enter(Behaviour.of(Mode.STOPPED));
    }

    /** Neither accepts, reads nor writes, until another mode goes on where this one stopped. */
    public synchronized void freeze() {
        enter(Behaviour.of(Mode.FROZEN));
    }

    /**
     * Answers, but late.
     *
     * @param delay between a request and its answer; more than zero
     */
    public synchronized void slow(Duration delay) {
        enter(new Behaviour(Mode.SLOW, delay));
    }

    /** Fails {@code /readyz} only. */
    public synchronized void red() {
        enter(Behaviour.of(Mode.RED));
    }

    /** All is well again, whatever it was. */
    public synchronized void green() {
        enter(Behaviour.of(Mode.RUNNING));
    }

    /** Connections accepted so far; those that only the kernel accepted, for a frozen server, are not among them. */
    public long acceptedConnections() {
        return traffic.connections();
    }

    /**
     * Requests that came for a path so far, those answered 401 or 404 included.
     *
     * @param path without the query
     */
    public long requests(String path) {
        return traffic.requests(path);
    }

    /** Whether the latest request came over a connection with a client certificate. */
    public boolean clientCertificateSeen() {
        return traffic.clientCertificateSeen();
    }

    /** Whether the latest request had an {@code Authorization} header, right or wrong. */
    public boolean authorizationSeen() {
        return traffic.authorizationSeen();
    }

    /** Stops and gives the port away. */
    @Override
    public synchronized void close() {
        if (port.isClosed()) {
            return;
        }
        try (port) {
            stop();
        }
    }

    private void enter(Behaviour next) {
        if (port.isClosed()) {
            throw new IllegalStateException("Demo server " + number + " is closed");
        }
        Mode before = mode();
        if (next.mode() != Mode.STOPPED) {
            open(next);
        } else if (listener != null) {
            shut(listener);
            listener = null;
        }
        if (before != next.mode()) {
            log.info("Demo server {} at {}: {} -> {}", number, address(), before, next.mode());
        }
    }

    private void open(Behaviour next) {
        Channel current = listener == null ? bind() : listener;
        listener = current;
        boolean flowing = next.mode() != Mode.FROZEN;
        loop.submit(() -> {
                    behaviour = next;
                    connections.forEach(connection -> Valve.of(connection).turn(flowing));
                    current.config().setAutoRead(flowing);
                })
                .syncUninterruptibly();
    }

    private void shut(Channel current) {
        current.close().syncUninterruptibly();
        loop.submit(() -> {
                    behaviour = Behaviour.of(Mode.STOPPED);
                    connections.forEach(connection -> Valve.of(connection).reset());
                })
                .syncUninterruptibly();
        // NIO lets go of a closed socket with the selector's next turn, which comes before any task scheduled now.
        loop.schedule(() -> {}, 1, TimeUnit.MILLISECONDS).syncUninterruptibly();
    }

    private Channel bind() {
        ChannelFuture bound = bootstrap.bind(port.address()).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IllegalStateException(
                    "Demo server " + number + " cannot listen on " + address() + ": "
                            + bound.cause().getMessage(),
                    bound.cause());
        }
        return bound.channel();
    }

    private static PortReservation reserve(Settings settings) {
        try {
            return new PortReservation(settings.port());
        } catch (IOException e) {
            throw new IllegalStateException(
                    "Demo server " + settings.number() + " cannot have port " + settings.port() + ": " + e.getMessage(),
                    e);
        }
    }
}
