package io.apiserverlb.discovery.kubernetes;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apiserverlb.Service;
import io.apiserverlb.chart.Chart;
import io.apiserverlb.chart.Manifests;
import io.apiserverlb.chart.Pods;
import io.apiserverlb.failover.Namespace;
import io.apiserverlb.testing.TestAuthority;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A pod as the chart makes it, with kubectl as its workload, which has no kubeconfig and is behind a proxy that leads nowhere. */
@Timeout(120)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SidecarIT {
    private static final int LAST = Integer.MAX_VALUE;
    private static final String VALUES = """
            mode: sidecar
            workload:
              image: kubectl
              env:
                - {name: HTTPS_PROXY, value: "http://192.0.2.1:1"}
            """;
    private static final TestAuthority AUTHORITY = new TestAuthority("cluster-ca");
    private static final TestAuthority FOREIGN = new TestAuthority("another-ca");
    private static final String PATH = "/api/v1/namespaces/workload/configmaps";
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    static Path folder;

    private static final Manifests CHART = Chart.ours().render(VALUES);

    @SuppressWarnings("NullAway.Init")
    private static Namespace network;

    @SuppressWarnings("NullAway.Init")
    private static TestCluster cluster;

    @SuppressWarnings("NullAway.Init")
    private static TestPod pod;

    @SuppressWarnings("NullAway.Init")
    private static Service sidecar;

    @BeforeAll
    static void start() throws Exception {
        Namespace.require();
        requireKubectl();
        network = Namespace.create();
        cluster = new TestCluster(AUTHORITY, InetAddress.getByName(network.hostAddress()));
        cluster.refuse(question -> question.path().equals("/readyz") ? 200 : 0);
        for (int i = 0; i < cluster.servers().size(); i++) {
            cluster.slice("kubernetes-" + i, cluster.servers().get(i).port(), network.hostAddress());
        }
        pod = new TestPod(
                Pods.workload(CHART),
                network,
                folder,
                network.hostAddress(),
                cluster.servers().get(0).port());
        sidecar = Service.startInside(pod.prefix(AUTHORITY.pem()), sidecarEnvironment(), folder);
        // A whole process starts, maybe beside those of other tests.
        await().atMost(Duration.ofSeconds(60))
                .ignoreExceptionsInstanceOf(IOException.class)
                .until(SidecarIT::usableServers, usable -> usable == 3);
    }

    private static void requireKubectl() {
        boolean installed = List.of(System.getenv("PATH").split(":", -1)).stream()
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, "kubectl")));
        Assumptions.assumeTrue(installed, "kubectl is not installed: this test is skipped");
    }

    private static Map<String, String> sidecarEnvironment() {
        Map<String, String> environment =
                new HashMap<>(pod.environment(pod.spec().getInitContainers().get(0)));
        // The image's own.
        environment.put("LB_STATE_FILE", folder.resolve("state.json").toString());
        return environment;
    }

    /** On the port that the kubelet's probes and Prometheus ask. */
    private static long usableServers() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://" + network.address() + ":9464/actuator/prometheus"))
                .timeout(Duration.ofSeconds(5))
                .build();
        return HTTP.send(request, HttpResponse.BodyHandlers.ofString())
                .body()
                .lines()
                .filter(line -> line.matches("apiserver_lb_server_up\\{.*} 1\\.0"))
                .count();
    }

    @AfterAll
    static void stop() throws IOException {
        if (sidecar != null) {
            sidecar.close();
        }
        if (cluster != null) {
            cluster.close();
        }
        if (network != null) {
            network.close();
        }
    }

    private record Result(int exitCode, String output) {}

    private static Result kubectl(TestAuthority trusted) throws Exception {
        Container workload = pod.spec().getContainers().get(0);
        List<String> command = new ArrayList<>(pod.prefix(trusted.pem()));
        command.addAll(List.of("kubectl", "get", "--raw", PATH));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().putAll(pod.environment(workload));
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        return new Result(process.exitValue(), output);
    }

    private static List<FakeApiServer.Asked> askedByKubectl(List<FakeApiServer> servers) {
        return servers.stream()
                .flatMap(server -> server.asked().stream())
                .filter(question -> question.path().equals(PATH))
                .toList();
    }

    @Test
    void anInClusterClientReachesTheApiThroughTheSidecarAndVerifiesItsCertificate() throws Exception {
        Result result = kubectl(AUTHORITY);

        assertThat(result.output()).contains("\"items\": []");
        assertThat(result.exitCode()).isZero();
        assertThat(askedByKubectl(cluster.servers())).isNotEmpty().allSatisfy(question -> {
            assertThat(question.authorization()).isEqualTo("Bearer sesame");
            assertThat(question.serverNames()).containsExactly("kubernetes.default.svc");
        });
    }

    @Test
    void aClientOfAnotherClusterTrustsNobodyHere() throws Exception {
        Result result = kubectl(FOREIGN);

        assertThat(result.output()).contains("certificate signed by unknown authority");
        assertThat(result.exitCode()).isNotZero();
    }

    @Test
    void isTestedAsTheChartDoesIt() throws Exception {
        Container test = CHART.only(Pod.class).getSpec().getContainers().get(0);

        try (Service status = Service.startInside(
                pod.prefix(AUTHORITY.pem()),
                pod.environment(test),
                folder,
                test.getArgs().toArray(String[]::new))) {
            assertThat(status.exitCode()).isZero();
            assertThat(status.log()).contains("edge.lb-apiserver-lb").contains(network.hostAddress());
        }
    }

    @Test
    void nothingOfTheChartsEnvironmentIsUnknown() {
        assertThat(sidecar.log()).doesNotContain("is no property of this program");
    }

    @Test
    @Order(LAST)
    void serversOfAnotherClusterGetNoClient() throws Exception {
        List<FakeApiServer> foreigners = new ArrayList<>();
        for (FakeApiServer server : cluster.servers()) {
            server.kill();
            foreigners.add(cluster.restart(FOREIGN, foreigners.size()));
        }

        // As soon as it has seen their certificates.
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(foreigners)
                    .allSatisfy(foreigner ->
                            assertThat(foreigner.refusedByClients()).isPositive());
            Result result = kubectl(AUTHORITY);

            assertThat(result.exitCode()).isNotZero();
            assertThat(result.output()).as("not even a handshake").doesNotContain("items", "x509");
        });
        assertThat(foreigners)
                .allSatisfy(foreigner -> assertThat(foreigner.asked()).isEmpty());
        foreigners.forEach(FakeApiServer::kill);
    }
}
