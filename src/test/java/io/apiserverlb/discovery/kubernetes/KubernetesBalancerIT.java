package io.apiserverlb.discovery.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apiserverlb.RunningBalancer;
import io.apiserverlb.pool.Server;
import io.apiserverlb.pool.ServerAddress;
import io.apiserverlb.pool.ServerState;
import io.apiserverlb.testing.TestAuthority;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole balancer in front of three API servers, of which it is told one. */
@Timeout(120)
@Execution(ExecutionMode.CONCURRENT)
class KubernetesBalancerIT {
    private static final TestAuthority AUTHORITY = new TestAuthority("cluster-ca");
    private static final Duration FAILOVER = Duration.ofSeconds(10);
    /** Draining takes a second here. */
    private static final Duration BEYOND_DRAINING = Duration.ofSeconds(2);

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    Path folder;

    private final TestCluster cluster = new TestCluster(AUTHORITY);
    private final Map<String, String> properties = new HashMap<>();

    @AfterEach
    void end() {
        cluster.close();
    }

    private RunningBalancer start() {
        Path kubeconfig = new KubeconfigFile(folder.resolve("config"))
                .ca(AUTHORITY.pem())
                .token("sesame")
                .cluster("server", "https://" + address(0))
                .write();
        properties.put("lb.discovery.kind", "kubernetes");
        properties.put("lb.discovery.kubeconfig", kubeconfig.toString());
        properties.put("lb.discovery.debounce", "200ms");
        properties.put("lb.check.type", "tls");
        properties.put("lb.drain-timeout", "1s");
        for (int i = 0; i < cluster.servers().size(); i++) {
            cluster.slice("kubernetes-" + i, port(i), "127.0.0.1");
        }
        return RunningBalancer.start(properties, folder);
    }

    private int port(int server) {
        return cluster.servers().get(server).port();
    }

    private ServerAddress address(int server) {
        return new ServerAddress("127.0.0.1", port(server));
    }

    private static List<ServerAddress> discovered(RunningBalancer balancer) {
        return balancer.pool().list().membership().discovered();
    }

    private void awaitAll(RunningBalancer balancer) {
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(discovered(balancer)).containsExactlyInAnyOrder(address(0), address(1), address(2));
            assertThat(balancer.pool().list().usable()).isEqualTo(3);
            assertThat(cluster.isWatched()).isTrue();
        });
    }

    private static Server server(RunningBalancer balancer, ServerAddress address) {
        return balancer.pool().list().find(address).orElseThrow();
    }

    private static Socket connect(RunningBalancer balancer) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), balancer.port());
        return socket;
    }

    private void nameOneMore() {
        cluster.slice("kubernetes-more", 6443, "192.0.2.1");
    }

    private void awaitOneMore(RunningBalancer balancer, Duration limit) {
        await().atMost(limit).until(() -> discovered(balancer).contains(new ServerAddress("192.0.2.1", 6443)));
    }

    @Test
    void findsAllServersByTheAddressInTheCredentials() {
        try (RunningBalancer balancer = start()) {
            awaitAll(balancer);

            assertThat(balancer.pool().list().membership().seeds())
                    .singleElement()
                    .satisfies(seed -> assertThat(seed.server()).isEqualTo(address(0)));
        }
    }

    @Test
    void followsTheListOverWhicheverServerIsLeft() {
        try (RunningBalancer balancer = start()) {
            awaitAll(balancer);

            cluster.watched().kill();
            nameOneMore();

            awaitOneMore(balancer, FAILOVER);
        }
    }

    @Test
    void followsTheListAtTheLimitOfConnections() throws Exception {
        properties.put("lb.max-connections", "1");
        try (RunningBalancer balancer = start();
                Socket client = connect(balancer)) {
            AtomicBoolean ended = new AtomicBoolean();
            Thread reader = new Thread(() -> ended.set(hasEnded(client)), "reader");
            reader.start();
            awaitAll(balancer);

            nameOneMore();

            awaitOneMore(balancer, PATIENCE);
            assertThat(ended).isFalse();
            client.close();
            reader.join();
        }
    }

    @Test
    void findsTheServersAgainWhenItsListenersAreClosed() throws Exception {
        int free = freePort();
        properties.put("lb.listen", "127.0.0.1:" + free);
        properties.put("lb.zero-servers", "refuse");
        try (RunningBalancer balancer = start()) {
            awaitAll(balancer);
            cluster.servers().forEach(FakeApiServer::kill);
            await().atMost(PATIENCE).until(() -> {
                try (Socket client = new Socket(InetAddress.getLoopbackAddress(), free)) {
                    client.getInputStream().read();
                    return false;
                } catch (ConnectException refused) {
                    return true;
                } catch (IOException reset) {
                    return false;
                }
            });

            nameOneMore();
            try (FakeApiServer again = cluster.restart(AUTHORITY, 1)) {
                awaitOneMore(balancer, PATIENCE);
                await().atMost(PATIENCE)
                        .until(() -> server(balancer, address(1)).usable());
            }
        }
    }

    /** Not one that the system hands out by itself: it stays free until it is used, and between two uses. */
    private static int freePort() {
        return new Random()
                .ints(20_000, 30_000)
                .filter(port -> {
                    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                        return socket.isBound();
                    } catch (IOException e) {
                        return false;
                    }
                })
                .findFirst()
                .orElseThrow();
    }

    /** The first is the seed, too, and stays in use as such; the other is a server that is not to have new sessions. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void closesNoSessionOfAServerThatIsNotNamedForAWhile(int number) throws Exception {
        ServerAddress left = address(number);
        AtomicBoolean ended = new AtomicBoolean();
        try (RunningBalancer balancer = start()) {
            awaitAll(balancer);
            nameOnly(number);
            await().atMost(PATIENCE).until(() -> discovered(balancer).equals(List.of(left)));
            try (Socket client = connect(balancer)) {
                await().atMost(PATIENCE)
                        .until(() -> server(balancer, left).load().active() > 0);
                Thread reader = new Thread(() -> ended.set(hasEnded(client)), "reader");
                reader.start();

                nameOnly(2);
                await().atMost(PATIENCE).until(() -> discovered(balancer).equals(List.of(address(2))));
                await().atMost(PATIENCE)
                        .until(() -> server(balancer, address(2)).usable());
                await().during(BEYOND_DRAINING).atMost(PATIENCE).until(() -> !ended.get());
                nameOnly(number, 2);
                await().atMost(PATIENCE).until(() -> discovered(balancer).contains(left));

                await().during(BEYOND_DRAINING).atMost(PATIENCE).until(() -> !ended.get());
                assertThat(server(balancer, left).state()).isEqualTo(ServerState.UP);
                client.close();
                reader.join();
            }
        }
    }

    private void nameOnly(int... numbers) {
        for (int number : numbers) {
            cluster.slice("kubernetes-" + number, port(number), "127.0.0.1");
        }
        IntStream.range(0, cluster.servers().size())
                .filter(number -> Arrays.stream(numbers).noneMatch(named -> named == number))
                .forEach(number -> cluster.deleteSlice("kubernetes-" + number));
    }

    private static boolean hasEnded(Socket client) {
        try {
            return client.getInputStream().read() < 0;
        } catch (IOException e) {
            return true;
        }
    }
}
