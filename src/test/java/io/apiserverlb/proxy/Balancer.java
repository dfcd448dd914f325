package io.apiserverlb.proxy;

import io.apiserverlb.pool.Events;
import io.apiserverlb.pool.Health;
import io.apiserverlb.pool.Membership;
import io.apiserverlb.pool.Policy;
import io.apiserverlb.pool.Prefer;
import io.apiserverlb.pool.SeedUrl;
import io.apiserverlb.pool.ServerAddress;
import io.apiserverlb.pool.ServerPool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** The whole data path on a free port, in front of given servers. */
final class Balancer implements AutoCloseable {
    static final ClientRules ANYBODY = new ClientRules(List.of(), List.of(), 0);

    final Events events = new Events(InstantSource.system());
    final ServerPool pool;
    final EventLoops loops;
    final SocketOptions options;
    final Sessions sessions;
    final Frontend frontend;
    /** One that nobody refers to any more is closed when it is collected, whatever its session is to show. */
    private final Queue<Socket> clients = new ConcurrentLinkedQueue<>();

    static final class Builder {
        private List<ServerAddress> servers = List.of();
        private Policy policy = Policy.ROUND_ROBIN;
        private int maxConnections = 100;
        private ClientRules clients = ANYBODY;
        private String listen = "127.0.0.1:0";
        private boolean epoll = true;
        private Dialer.Settings dialing = new Dialer.Settings(
                Duration.ofSeconds(1),
                Duration.ofSeconds(3),
                Duration.ofMillis(100),
                Duration.ofMillis(200),
                ZeroServers.RESET);
        private Duration halfCloseTimeout = Duration.ofSeconds(30);
        private Duration drainTimeout = Duration.ofSeconds(1);
        private ClosingRules.FailBack failBack = ClosingRules.FailBack.PACED;
        private List<SeedUrl> seeds = List.of();
        private ClosingRules.OnRemoved onRemoved = ClosingRules.OnRemoved.DRAIN;
        private Sessions.Lifetime lifetime = new Sessions.Lifetime(Duration.ZERO, Duration.ZERO);
        private LongSupplier sessionTime = System::nanoTime;

        Builder servers(int... ports) {
            servers = Arrays.stream(ports)
                    .mapToObj(port -> new ServerAddress("127.0.0.1", port))
                    .toList();
            return this;
        }

        Builder policy(Policy value) {
            policy = value;
            return this;
        }

        Builder maxConnections(int value) {
            maxConnections = value;
            return this;
        }

        Builder clients(ClientRules value) {
            clients = value;
            return this;
        }

        Builder listen(String value) {
            listen = value;
            return this;
        }

        Builder epoll(boolean value) {
            epoll = value;
            return this;
        }

        Builder dialing(Duration timeout, Duration budget, Duration hedgeAfter) {
            dialing = new Dialer.Settings(
                    timeout, budget, hedgeAfter, dialing.handshakeHedgeAfter(), dialing.zeroServers());
            return this;
        }

        Builder handshakeHedgeAfter(Duration value) {
            dialing = new Dialer.Settings(
                    dialing.timeout(), dialing.budget(), dialing.hedgeAfter(), value, dialing.zeroServers());
            return this;
        }

        Builder zeroServers(ZeroServers value) {
            dialing = new Dialer.Settings(
                    dialing.timeout(), dialing.budget(), dialing.hedgeAfter(), dialing.handshakeHedgeAfter(), value);
            return this;
        }

        Builder halfCloseTimeout(Duration value) {
            halfCloseTimeout = value;
            return this;
        }

        Builder drain(Duration over, ClosingRules.OnRemoved removed) {
            drainTimeout = over;
            onRemoved = removed;
            return this;
        }

        Builder failBack(ClosingRules.FailBack value) {
            failBack = value;
            return this;
        }

        Builder seed(int port) {
            seeds = List.of(SeedUrl.parse("https://127.0.0.1:" + port));
            return this;
        }

        Builder lifetime(Duration idleTimeout, Duration maxAge) {
            lifetime = new Sessions.Lifetime(idleTimeout, maxAge);
            return this;
        }

        /** By what clock sessions grow old and idle. */
        Builder sessionTime(LongSupplier value) {
            sessionTime = value;
            return this;
        }

        private Sessions.Settings ending() {
            return new Sessions.Settings(
                    halfCloseTimeout,
                    new ClosingRules(drainTimeout, ClosingRules.OnDown.CLOSE, onRemoved, failBack),
                    true,
                    lifetime);
        }

        Balancer start() {
            return new Balancer(this);
        }
    }

    private Balancer(Builder builder) {
        pool = new ServerPool(
                new ServerPool.Settings(
                        builder.policy,
                        Prefer.NONE,
                        new Health.Thresholds(2, 3, 1),
                        Duration.ofSeconds(30),
                        Duration.ofMinutes(10),
                        "node"),
                new ServerPool.Memory(1, new Membership(builder.seeds, builder.servers, List.of(), Map.of()), Map.of()),
                address -> false,
                InetAddress::isLoopbackAddress,
                InstantSource.system(),
                System::nanoTime,
                new Random(1),
                events);
        loops = new EventLoops("lb-test", 2, System::nanoTime, builder.epoll);
        options = new SocketOptions(
                new SocketOptions.Settings(Duration.ofSeconds(10), Duration.ofSeconds(5), 3, Duration.ofSeconds(20)));
        Dialer dialer = new Dialer(builder.dialing, pool, options, loops, System::nanoTime);
        sessions = new Sessions(
                "test", builder.ending(), pool, dialer, options, loops, builder.sessionTime, new Random(1));
        frontend = new Frontend(
                new Frontend.Settings(
                        List.of(ListenAddress.parse(builder.listen)),
                        builder.maxConnections,
                        builder.clients,
                        builder.dialing.zeroServers()),
                sessions,
                pool,
                options,
                events,
                loops);
        frontend.bind(InheritedListeners.NONE);
        pool.subscribe(sessions::accept);
        pool.subscribe(frontend::accept);
    }

    Socket connect() throws Exception {
        Socket socket = new Socket();
        clients.add(socket);
        InetSocketAddress address = frontend.listeners().get(0);
        socket.connect(address, (int) TimeUnit.SECONDS.toMillis(5));
        socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(5));
        return socket;
    }

    @Override
    public void close() {
        frontend.close();
        loops.close();
        clients.forEach(Balancer::close);
    }

    private static void close(Socket client) {
        try {
            client.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
