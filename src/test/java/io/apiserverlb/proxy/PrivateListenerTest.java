package io.apiserverlb.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.apiserverlb.pool.CheckReport;
import io.apiserverlb.pool.CheckResult;
import io.apiserverlb.pool.ListChange;
import io.apiserverlb.pool.Rejection;
import io.apiserverlb.pool.ServerAddress;
import io.apiserverlb.pool.TrafficListener;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class PrivateListenerTest {
    private Greeter server;
    private Balancer balancer;
    private PrivateListener listener;

    @BeforeEach
    void start() throws Exception {
        server = new Greeter("a");
        balancer = new Balancer.Builder()
                .maxConnections(1)
                .zeroServers(ZeroServers.REFUSE)
                .dialing(Duration.ofMillis(500), Duration.ofMillis(600), Duration.ZERO)
                .servers(server.port())
                .start();
        listener = new PrivateListener(
                "test",
                "discovery",
                new Sessions.Settings(
                        Duration.ofSeconds(30),
                        new ClosingRules(
                                Duration.ofMillis(500),
                                ClosingRules.OnDown.CLOSE,
                                ClosingRules.OnRemoved.DRAIN,
                                ClosingRules.FailBack.PACED),
                        true,
                        new Sessions.Lifetime(Duration.ZERO, Duration.ZERO)),
                new Dialer.Settings(
                        Duration.ofMillis(500),
                        Duration.ofSeconds(20),
                        Duration.ofMillis(100),
                        Duration.ofMillis(200),
                        ZeroServers.WAIT),
                balancer.pool,
                balancer.options,
                balancer.loops,
                System::nanoTime,
                new Random(1));
        listener.bind();
        balancer.pool.subscribe(listener::accept);
    }

    @AfterEach
    void stop() throws Exception {
        listener.close();
        balancer.close();
        server.close();
    }

    private Socket connect() throws IOException {
        InetSocketAddress address = listener.address().orElseThrow();
        Socket socket = new Socket(address.getAddress(), address.getPort());
        socket.setSoTimeout(5_000);
        return socket;
    }

    private void replaceServers(int port) {
        List<ServerAddress> servers = List.of(new ServerAddress("127.0.0.1", port));
        balancer.pool.change(new ListChange.Replace(servers), OptionalLong.empty(), "test");
    }

    private static boolean ends(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketException e) {
            return true;
        }
    }

    /** Has checks say that the server is down. */
    private void fail(Greeter greeter) {
        CheckResult result = new CheckResult(
                CheckResult.Type.TCP, CheckResult.Code.L4CON, null, "refused", Duration.ZERO, Instant.now());
        for (int i = 0; i < 3; i++) {
            balancer.pool.checked(
                    new ServerAddress("127.0.0.1", greeter.port()), new CheckReport(result, null, null, null));
        }
    }

    @Test
    void leadsToAServerFromLoopbackOnly() throws Exception {
        try (Socket socket = connect()) {
            assertThat(Greeter.greeting(socket)).isEqualTo("a");
        }
        assertThat(listener.address().orElseThrow().getAddress().isLoopbackAddress())
                .isTrue();
    }

    @Test
    void isOpenAtTheLimitOfConnectionsAndCountsTowardsNone() throws Exception {
        try (Socket client = balancer.connect();
                Socket own = connect();
                Socket second = connect()) {
            assertThat(Greeter.greeting(client)).isEqualTo("a");
            assertThat(Greeter.greeting(own)).isEqualTo("a");
            assertThat(Greeter.greeting(second)).isEqualTo("a");
            assertThat(balancer.frontend.active()).isEqualTo(1);
        }
    }

    @Test
    void staysOpenWhenTheListenersOfClientsClose() throws Exception {
        try (Greeter hidden = new Greeter("b")) {
            replaceServers(hidden.port());
            hidden.refuse();
            fail(hidden);
            await().until(() -> {
                try (Socket client = balancer.connect()) {
                    return ends(client);
                } catch (SocketException e) {
                    return true; // before it was noticed that it had come
                }
            });
            await().until(() -> balancer.frontend.listeners().isEmpty());

            try (Socket own = connect()) {
                assertThat(ends(own)).isTrue();
            }
            assertThat(listener.address()).isPresent();
        }
    }

    @Test
    void tellsAtOnceWhenThereIsNoServerAndNobodyElse() throws Exception {
        List<Rejection> rejections = new CopyOnWriteArrayList<>();
        balancer.pool.subscribe(new TrafficListener() {
            @Override
            public void rejected(Rejection reason) {
                rejections.add(reason);
            }
        });
        balancer.pool.change(new ListChange.Replace(List.of()), OptionalLong.empty(), "test");

        try (Socket own = connect()) {
            assertThat(ends(own)).isTrue();
        }

        assertThat(balancer.frontend.listeners()).hasSize(1);
        assertThat(rejections).isEmpty();
    }

    @Test
    void leavesARemovedServer() throws Exception {
        try (Greeter other = new Greeter("b");
                Socket own = connect()) {
            assertThat(Greeter.greeting(own)).isEqualTo("a");

            replaceServers(other.port());

            assertThat(ends(own)).isTrue();
        }
    }

    @Test
    void isNamedInTheSessionLog() throws Exception {
        try (SessionLines lines = new SessionLines()) {
            try (Socket own = connect()) {
                assertThat(Greeter.greeting(own)).isEqualTo("a");
            }
            await().untilAsserted(() -> assertThat(lines.all())
                    .singleElement()
                    .satisfies(line -> assertThat(line)
                            .startsWith("discovery 127.0.0.1:"
                                    + listener.address().orElseThrow().getPort() + " test/")));
        }
    }

    @Test
    void endsItsSessionsWhenItIsClosed() throws Exception {
        try (Socket own = connect()) {
            assertThat(Greeter.greeting(own)).isEqualTo("a");
            InetSocketAddress address = listener.address().orElseThrow();

            listener.close();

            assertThat(ends(own)).isTrue();
            assertThat(listener.address()).isEmpty();
            assertThatThrownBy(() -> new Socket(address.getAddress(), address.getPort()).close())
                    .isInstanceOf(IOException.class);
        }
    }
}
