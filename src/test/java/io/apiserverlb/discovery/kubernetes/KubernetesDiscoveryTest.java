package io.apiserverlb.discovery.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apiserverlb.discovery.AddressRules;
import io.apiserverlb.discovery.kubernetes.KubernetesDiscovery.Timing;
import io.apiserverlb.pool.Events;
import io.apiserverlb.pool.SeedUrl;
import io.apiserverlb.pool.ServerAddress;
import io.apiserverlb.pool.ServerPool;
import io.apiserverlb.testing.FollowedCluster;
import io.apiserverlb.testing.TestAuthority;
import io.apiserverlb.tls.ClusterAccess;
import io.netty.pkitesting.CertificateBuilder.Algorithm;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KubernetesDiscoveryTest {
    private static final TestAuthority AUTHORITY = new TestAuthority("cluster-ca");
    private static final Duration DEBOUNCE = Duration.ofMillis(200);
    private static final Timing HASTY =
            new Timing(Duration.ofSeconds(10), Duration.ofMinutes(5), Duration.ofMillis(500), Duration.ofMillis(200));

    private static final Duration FAILOVER = Duration.ofSeconds(10);
    /** For what has no bound of its own. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final String TOO_MUCH =
            "the cluster has more endpointslices than can be followed: at most 1000 and 2 MiB";
    private static final String SLICES = "labelSelector=kubernetes.io%2Fservice-name%3Dkubernetes";
    private static final String ENDPOINTS = "fieldSelector=metadata.name%3Dkubernetes";

    @TempDir
    Path folder;

    private final InstantSource clock = InstantSource.system();
    private final Events events = new Events(clock);
    private final FollowedCluster followed = FollowedCluster.of(
            List.of(SeedUrl.parse("https://10.0.0.9:6443")), address -> false, clock, System::nanoTime, events);
    private final ServerPool pool = followed.pool();
    private final TestCluster cluster = new TestCluster(AUTHORITY);
    private KubeconfigFile kubeconfig;
    private KubernetesDiscovery discovery;

    @BeforeEach
    void prepare() {
        Path file = folder.resolve("config");
        discovery = discovery(file, HASTY);
        kubeconfig = new KubeconfigFile(file).ca(AUTHORITY.pem()).token("sesame");
        cluster.slice("kubernetes", "10.0.0.1", "10.0.0.2");
        cluster.endpoints("10.0.0.7");
    }

    private KubernetesDiscovery discovery(Path kubeconfig, Timing timing) {
        return discovery(kubeconfig, timing, () -> Optional.of(cluster.gateway().address()));
    }

    private KubernetesDiscovery discovery(
            Path kubeconfig, Timing timing, Supplier<Optional<InetSocketAddress>> gateway) {
        ClusterCredentials credentials = new ClusterCredentials(
                new ClusterCredentials.Settings(kubeconfig, null, null),
                new ClusterCredentials.Surroundings(name -> null, folder, folder),
                clock,
                System::nanoTime);
        return new KubernetesDiscovery(
                credentials,
                timing,
                gateway,
                AddressRules.NONE,
                DEBOUNCE,
                pool,
                new Random(1),
                clock,
                System::nanoTime,
                events);
    }

    @AfterEach
    void close() {
        discovery.close();
        cluster.close();
    }

    private void start() {
        kubeconfig.write();
        discovery.start();
    }

    private void startAndWatch() {
        start();
        await().atMost(PATIENCE).until(cluster::isWatched);
        awaitDiscovered(PATIENCE, "10.0.0.1", "10.0.0.2");
    }

    private void awaitDiscovered(Duration limit, String... addresses) {
        await().atMost(limit).until(() -> hasDiscovered(addresses));
    }

    private boolean hasDiscovered(String... addresses) {
        List<ServerAddress> expected = FollowedCluster.servers(addresses);
        List<ServerAddress> discovered = followed.discovered();
        return discovered.size() == expected.size() && discovered.containsAll(expected);
    }

    /** What is not to happen within a time that is long for what is to happen. */
    private static void remains(BooleanSupplier condition) {
        await().during(Duration.ofSeconds(1)).atMost(PATIENCE).until(condition::getAsBoolean);
    }

    private List<String> warnings() {
        return followed.warnings();
    }

    @Test
    void takesServersThatComeAndGoWithinASecondAndTheDebounce() {
        startAndWatch();

        List<Duration> delays = new ArrayList<>();
        for (int i = 3; i < 7; i++) {
            long begin = System.nanoTime();
            cluster.slice("kubernetes", "10.0.0." + i, "10.0.1." + i);
            awaitDiscovered(PATIENCE, "10.0.0." + i, "10.0.1." + i);
            delays.add(Duration.ofNanos(System.nanoTime() - begin));
        }

        // Of several: the machine may be busy with something else for a while.
        assertThat(delays).anyMatch(delay -> delay.compareTo(DEBOUNCE.plusSeconds(1)) < 0);
        assertThat(warnings()).isEmpty();
        assertThat(discovery.status().lastSuccess()).isNotNull();
    }

    @Test
    void goesOnThroughAnotherServerWhenOneDies() {
        startAndWatch();

        cluster.watched().kill();
        cluster.slice("kubernetes", "10.0.0.2", "10.0.0.3");
        awaitDiscovered(FAILOVER, "10.0.0.2", "10.0.0.3");
        await().atMost(PATIENCE).until(cluster::isWatched);
        cluster.watched().kill();
        cluster.slice("kubernetes", "10.0.0.3", "10.0.0.4");

        awaitDiscovered(FAILOVER, "10.0.0.3", "10.0.0.4");
    }

    @Test
    void saysThatNoServerIsReachableUntilOneIs() {
        startAndWatch();

        cluster.gateway().forwardTo();
        cluster.watched().kill();
        await().atMost(PATIENCE).until(() -> warnings().size() == 1);
        cluster.slice("kubernetes", "10.0.0.3");
        cluster.gateway().forwardTo(cluster.servers().get(2));

        assertThat(warnings()).singleElement().asString().startsWith("no server reachable: ");
        awaitDiscovered(PATIENCE, "10.0.0.3");
        assertThat(discovery.status().error()).isNull();
    }

    @Test
    void saysSoOnceThoughOneConnectionIsRefusedAndTheNextEndsInTheHandshake() throws IOException {
        try (Socket refusing = new Socket();
                ServerSocket mute = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            refusing.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            Pump.start("hangs-up", () -> hangUpOnHello(mute));
            AtomicReference<SocketAddress> gateway = new AtomicReference<>(refusing.getLocalSocketAddress());
            discovery.close();
            discovery = discovery(
                    folder.resolve("config"), HASTY, () -> Optional.ofNullable((InetSocketAddress) gateway.get()));
            start();
            awaitError("no server reachable: connection refused");
            gateway.set(mute.getLocalSocketAddress());
            awaitError("no server reachable: the TLS handshake failed");
            gateway.set(refusing.getLocalSocketAddress());
            awaitError("no server reachable: connection refused");

            assertThat(warnings()).containsExactly("no server reachable: connection refused");
        }
    }

    private void awaitError(String words) {
        await().atMost(PATIENCE).until(() -> words.equals(discovery.status().error()));
    }

    private static void hangUpOnHello(ServerSocket server) {
        while (!server.isClosed()) {
            try (Socket client = server.accept()) {
                var unused = client.getInputStream().read();
            } catch (IOException e) {
                // Closed, or the client has left.
            }
        }
    }

    @Test
    void mergesSlices() {
        startAndWatch();

        cluster.slice("kubernetes-ipv6", "fd00::1", "fd00::2");
        awaitDiscovered(PATIENCE, "10.0.0.1", "10.0.0.2", "[fd00::1]", "[fd00::2]");
        cluster.deleteSlice("kubernetes");

        awaitDiscovered(PATIENCE, "[fd00::1]", "[fd00::2]");
    }

    @Test
    void losesNothingWithTheLastSlice() {
        startAndWatch();

        cluster.deleteSlice("kubernetes");
        await().atMost(PATIENCE).until(() -> warnings().size() == 1);

        remains(() -> hasDiscovered("10.0.0.1", "10.0.0.2"));
        assertThat(discovery.status().error()).contains("no server");
    }

    @Test
    void losesNothingWhenTheLastSliceIsEmptied() {
        startAndWatch();

        cluster.slice("kubernetes");
        await().atMost(PATIENCE).until(() -> warnings().size() == 1);
        remains(() -> hasDiscovered("10.0.0.1", "10.0.0.2"));
        cluster.slice("kubernetes", "10.0.0.2");

        awaitDiscovered(PATIENCE, "10.0.0.2");
        assertThat(discovery.status().error()).isNull();
    }

    @Test
    void missesNothingWhenAWatchExpires() {
        startAndWatch();
        cluster.refuse(question -> 500);

        cluster.watched().expireWatches();
        await().atMost(PATIENCE).until(() -> warnings().size() == 1);
        cluster.slice("kubernetes", "10.0.0.2", "10.0.0.3");
        cluster.refuse(question -> 0);

        awaitDiscovered(FAILOVER, "10.0.0.2", "10.0.0.3");
        assertThat(warnings()).containsExactly("HTTP 500: an API server cannot list endpointslices in default");
    }

    @Test
    void missesNothingWhenAWatchEndsSilently() {
        startAndWatch();

        for (int i = 3; i < 5; i++) {
            await().atMost(PATIENCE).until(cluster::isWatched);
            cluster.watched().endWatches();
            cluster.slice("kubernetes", "10.0.0." + i);
            awaitDiscovered(FAILOVER, "10.0.0." + i);
        }

        assertThat(warnings()).isEmpty();
    }

    @Test
    void missesNothingWhenAWatchIsDeadWithoutASign() {
        discovery.close();
        discovery = discovery(
                folder.resolve("config"),
                new Timing(HASTY.request(), Duration.ofSeconds(2), HASTY.lookAtFiles(), HASTY.firstRetry()));
        startAndWatch();

        cluster.watched().muteWatches();
        cluster.slice("kubernetes", "10.0.0.3");

        awaitDiscovered(FAILOVER, "10.0.0.3");
        assertThat(warnings()).isEmpty();
    }

    @Test
    void listsAgainWhenItIsToldTo() {
        startAndWatch();
        long lists = lists();

        discovery.refresh();

        await().atMost(PATIENCE).until(() -> lists() > lists);
        await().atMost(PATIENCE).until(cluster::isWatched);
        cluster.slice("kubernetes", "10.0.0.3");
        awaitDiscovered(PATIENCE, "10.0.0.3");
    }

    private long lists() {
        return cluster.asked().stream().filter(question -> !question.isWatch()).count();
    }

    @Test
    void readsEndpointsWhereSlicesAreNotServed() {
        cluster.refuse(question -> question.path().contains("endpointslices") ? 404 : 0);

        start();
        awaitDiscovered(PATIENCE, "10.0.0.7");
        await().atMost(PATIENCE).until(cluster::isWatched);
        cluster.endpoints("10.0.0.7", "10.0.0.8");

        awaitDiscovered(PATIENCE, "10.0.0.7", "10.0.0.8");
        assertThat(warnings()).isEmpty();
    }

    @Test
    void readsEndpointsWhereSlicesAreForbidden() {
        cluster.refuse(question -> question.path().contains("endpointslices") ? 403 : 0);

        start();

        awaitDiscovered(PATIENCE, "10.0.0.7");
    }

    @Test
    void tellsOnceThatItMayNotList() {
        cluster.refuse(question -> 403);

        start();
        await().atMost(PATIENCE).until(() -> cluster.asked().size() >= 4);
        assertThat(warnings())
                .containsExactly("HTTP 403: the balancer's credentials may not list endpointslices in default");
        cluster.refuse(question -> 0);

        awaitDiscovered(PATIENCE, "10.0.0.1", "10.0.0.2");
    }

    @Test
    void takesTheListWhereItMayNotWatchAndTellsOnce() {
        cluster.refuse(question -> question.isWatch() ? 403 : 0);

        start();
        awaitDiscovered(PATIENCE, "10.0.0.1", "10.0.0.2");
        await().atMost(PATIENCE).until(() -> lists() >= 2);
        String problem = "HTTP 403: the balancer's credentials may not watch endpointslices in default";
        assertThat(warnings()).containsExactly(problem);
        assertThat(discovery.status().error()).isEqualTo(problem);
        assertThat(discovery.status().lastSuccess()).isNotNull();
        cluster.slice("kubernetes", "10.0.0.3");
        awaitDiscovered(PATIENCE, "10.0.0.3");
        cluster.refuse(question -> 0);

        await().atMost(PATIENCE).until(() -> discovery.status().error() == null);
        assertThat(warnings()).containsExactly(problem);
    }

    @Test
    void goesOnAfterABrokenGateway() {
        AtomicBoolean broken = new AtomicBoolean(true);
        discovery.close();
        discovery = discovery(folder.resolve("config"), HASTY, () -> {
            if (broken.get()) {
                throw new UnsupportedOperationException("as the test says");
            }
            return Optional.of(cluster.gateway().address());
        });
        start();

        await().atMost(PATIENCE).until(() -> warnings().size() == 1);
        broken.set(false);

        awaitDiscovered(PATIENCE, "10.0.0.1", "10.0.0.2");
        assertThat(warnings()).containsExactly("the API server cannot be asked: UnsupportedOperationException");
    }

    @Test
    void goesOnAfterGarbage() {
        startAndWatch();
        cluster.refuse(question -> 200);

        discovery.refresh();
        await().atMost(PATIENCE).until(() -> warnings().size() == 1);
        cluster.slice("kubernetes", "10.0.0.3");
        cluster.refuse(question -> 0);

        awaitDiscovered(PATIENCE, "10.0.0.3");
        assertThat(warnings()).containsExactly("the answer of the API server cannot be read");
    }

    @Test
    void leavesAWatchThatTellsALineWithoutEnd() {
        leavesAWatchThatTells(() -> " ".repeat(2 << 20), "an answer is larger than 1 MiB");
    }

    @Test
    void leavesAWatchThatTellsOfMoreSlicesThanAnyClusterHas() {
        leavesAWatchThatTells(
                () -> IntStream.range(0, 1_000)
                        .mapToObj(i -> added("slice-" + i, ""))
                        .collect(Collectors.joining("\n")),
                TOO_MUCH);
    }

    @Test
    void leavesAWatchThatTellsOfSlicesThatTogetherAreTooLarge() {
        String large = "x".repeat(900_000);

        leavesAWatchThatTells(
                () -> Stream.of("a", "b", "c").map(name -> added(name, large)).collect(Collectors.joining("\n")),
                TOO_MUCH);
    }

    private static String added(String name, String annotation) {
        return "{\"type\":\"ADDED\",\"object\":{\"kind\":\"EndpointSlice\",\"apiVersion\":\"discovery.k8s.io/v1\",\"metadata\":{"
                + "\"name\":\"" + name + "\",\"annotations\":{\"a\":\"" + annotation
                + "\"}},\"addressType\":\"IPv4\",\"endpoints\":[]}}";
    }

    private void leavesAWatchThatTells(Supplier<String> events, String problem) {
        startAndWatch();

        for (int i = 0; i < 2; i++) {
            long watches = watches();
            cluster.tellWatches(events.get());
            await().atMost(PATIENCE).until(() -> watches() > watches && cluster.isWatched());
        }

        assertThat(warnings())
                .as("told once, and though there is another watch")
                .containsExactly(problem);
        assertThat(discovery.status().error()).isEqualTo(problem);
        assertThat(hasDiscovered("10.0.0.1", "10.0.0.2")).isTrue();
        cluster.slice("kubernetes", "10.0.0.3");
        awaitDiscovered(PATIENCE, "10.0.0.3");
        discovery.refresh();
        await().atMost(PATIENCE).until(() -> discovery.status().error() == null);
    }

    private long watches() {
        return cluster.asked().stream().filter(FakeApiServer.Asked::isWatch).count();
    }

    @Test
    void takesNothingOfAListOfMoreSlicesThanAnyClusterHas() {
        startAndWatch();
        for (int i = 0; i < 1_000; i++) {
            cluster.slice("slice-" + i);
        }

        discovery.refresh();

        await().atMost(PATIENCE).until(() -> TOO_MUCH.equals(discovery.status().error()));
        assertThat(hasDiscovered("10.0.0.1", "10.0.0.2")).isTrue();
    }

    @Test
    void asksForNothingButTheEndpointsOfOneService() {
        startAndWatch();
        cluster.refuse(question -> question.path().contains("endpointslices") ? 404 : 0);
        discovery.refresh();
        awaitDiscovered(PATIENCE, "10.0.0.7");

        assertThat(cluster.asked())
                .extracting(FakeApiServer.Asked::path)
                .allMatch(path -> isOf(path, "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices?", SLICES)
                        || isOf(path, "/api/v1/namespaces/default/endpoints?", ENDPOINTS));
    }

    private static boolean isOf(String path, String collection, String selector) {
        return path.startsWith(collection) && path.contains(selector);
    }

    @Test
    void showsTheTokenOfTheMomentToServersOfTheRightName() {
        startAndWatch();
        assertThat(cluster.asked()).allSatisfy(question -> {
            assertThat(question.authorization()).isEqualTo("Bearer sesame");
            assertThat(question.serverNames()).containsExactly(TestCluster.SERVER_NAME);
        });

        kubeconfig.token("simsim").write();
        cluster.refuse(question -> "Bearer simsim".equals(question.authorization()) ? 0 : 401);
        cluster.watched().endWatches();
        cluster.slice("kubernetes", "10.0.0.3");

        awaitDiscovered(FAILOVER, "10.0.0.3");
        assertThat(warnings()).isEmpty();
        assertThat(authorization()).contains("Bearer simsim");
    }

    private Optional<String> authorization() {
        return Optional.ofNullable(discovery.access()).flatMap(ClusterAccess::authorization);
    }

    @Test
    void noticesANewTokenWithoutAskingTheCluster() {
        startAndWatch();

        kubeconfig.token("simsim").write();

        await().atMost(FAILOVER).until(() -> authorization().equals(Optional.of("Bearer simsim")));
    }

    @Test
    void showsItsCertificateAndTheNextOne() {
        X509Bundle first = AUTHORITY.client(Algorithm.ecp256);
        X509Bundle second = AUTHORITY.client(Algorithm.rsa2048);
        kubeconfig.token(null).client(first);
        startAndWatch();
        assertThat(cluster.asked()).allSatisfy(question -> {
            assertThat(question.clientChain()).containsExactly(first.getCertificate());
            assertThat(question.authorization()).isNull();
        });

        kubeconfig.client(second).write();

        await().atMost(FAILOVER)
                .until(() -> cluster.asked().stream()
                        .anyMatch(question ->
                                question.isWatch() && question.clientChain().contains(second.getCertificate())));
        await().atMost(PATIENCE).until(cluster::isWatched);
        cluster.slice("kubernetes", "10.0.0.3");
        awaitDiscovered(PATIENCE, "10.0.0.3");
    }

    @Test
    void showsNothingToAServerOfAnotherAuthority() {
        FakeApiServer foreign = cluster.server(new TestAuthority("other-ca"), TestCluster.SERVER_NAME);

        showsNothingTo(foreign);
    }

    @Test
    void showsNothingToAServerThatIsOnlyCalledLikeItsAddress() {
        FakeApiServer misnamed = cluster.server(AUTHORITY, "localhost");

        showsNothingTo(misnamed);
    }

    private void showsNothingTo(FakeApiServer server) {
        kubeconfig.client(AUTHORITY.client(Algorithm.ecp256));
        cluster.gateway().forwardTo(server);

        start();
        await().atMost(PATIENCE)
                .until(() -> server.refusedByClients() >= 2 && warnings().size() == 1);

        assertThat(warnings()).singleElement().asString().startsWith("the API server is not the right one: ");
        assertThat(server.asked()).isEmpty();
        cluster.gateway().forwardTo(cluster.servers().get(0));
        awaitDiscovered(PATIENCE, "10.0.0.1", "10.0.0.2");
        server.kill();
    }

    @Test
    void leavesNoThreadAndNoConnection() {
        startAndWatch();

        discovery.close();

        await().atMost(PATIENCE).until(() -> !cluster.isWatched());
        await().atMost(PATIENCE)
                .until(() -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().startsWith("lb-discovery")
                                || thread.getName().startsWith("VerifiedOnly")));
        assertThat(hasDiscovered("10.0.0.1", "10.0.0.2")).isTrue();
    }
}
