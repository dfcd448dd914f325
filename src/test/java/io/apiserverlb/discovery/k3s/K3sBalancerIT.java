package io.apiserverlb.discovery.k3s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apiserverlb.RunningBalancer;
import io.apiserverlb.pool.CheckResult;
import io.apiserverlb.pool.Role;
import io.apiserverlb.pool.Server;
import io.apiserverlb.pool.ServerAddress;
import io.apiserverlb.pool.ServerState;
import io.apiserverlb.testing.HeldPort;
import io.apiserverlb.testing.TestAuthority;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The whole balancer in a k3s cluster, of which it is told one address and the node token. */
@Timeout(120)
@Execution(ExecutionMode.CONCURRENT)
class K3sBalancerIT {
    private static final String AUTHORIZATION =
            "Basic " + Base64.getEncoder().encodeToString("node:sesame".getBytes(StandardCharsets.UTF_8));
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final TestAuthority AUTHORITY = new TestAuthority("k3s-server-ca");

    @TempDir
    Path folder;

    private final List<HeldPort> ports = Stream.generate(HeldPort::new).limit(3).toList();
    private final List<FakeSupervisor> servers =
            ports.stream().map(port -> server(port.port())).collect(Collectors.toList());
    private final Map<String, String> properties = new HashMap<>();

    private static FakeSupervisor server(int port) {
        X509Bundle bundle = AUTHORITY.server("kubernetes.default.svc");
        K3sPki.Identity identity = new K3sPki.Identity(bundle.getKeyPair(), bundle.getCertificate());
        return new FakeSupervisor("127.0.0.1", port, identity, AUTHORITY.pem()).accepting(AUTHORIZATION);
    }

    @AfterEach
    void end() throws IOException {
        servers.forEach(FakeSupervisor::close);
        ports.forEach(HeldPort::close);
    }

    private RunningBalancer start(int seed) throws IOException {
        String token = "K10" + K3sPki.sha256(AUTHORITY.pem()) + "::server:sesame\n";
        properties.put("lb.server-url", "https://" + address(seed));
        properties.put("lb.discovery.kind", "k3s");
        properties.put(
                "lb.discovery.k3s.token-file",
                Files.writeString(folder.resolve("token"), token).toString());
        properties.put("lb.discovery.debounce", "200ms");
        properties.put("lb.state-file", folder.resolve("state.json").toString());
        nameAll(0, 1, 2);
        return RunningBalancer.start(properties, folder);
    }

    private void nameAll(int... named) {
        String[] addresses = Arrays.stream(named)
                .mapToObj(this::address)
                .map(ServerAddress::toString)
                .toArray(String[]::new);
        servers.forEach(server -> server.naming(addresses));
    }

    private ServerAddress address(int server) {
        return new ServerAddress("127.0.0.1", servers.get(server).port());
    }

    private void saved(int seed, String... addresses) throws IOException {
        String list = Stream.of(addresses).map(text -> '"' + text + '"').collect(Collectors.joining(","));
        Files.writeString(
                folder.resolve("state.json"),
                "{\"ServerURL\": \"https://" + address(seed) + "\", \"ServerAddresses\": [" + list
                        + "], \"Listener\": null}");
    }

    private static List<ServerAddress> discovered(RunningBalancer balancer) {
        return balancer.pool().list().membership().discovered();
    }

    private static Server server(RunningBalancer balancer, ServerAddress address) {
        return balancer.pool().list().find(address).orElseThrow();
    }

    private void awaitUsable(RunningBalancer balancer, int... expected) {
        List<ServerAddress> wanted =
                Arrays.stream(expected).mapToObj(this::address).toList();
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(discovered(balancer)).containsExactlyInAnyOrderElementsOf(wanted);
            assertThat(balancer.pool().list().servers().stream()
                            .filter(Server::usable)
                            .map(Server::address))
                    .containsExactlyInAnyOrderElementsOf(wanted);
        });
    }

    @Test
    void findsAndChecksAllServersByOneAddressAndAToken() throws Exception {
        try (RunningBalancer balancer = start(0)) {
            awaitUsable(balancer, 0, 1, 2);

            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(balancer.pool().list().servers())
                            .extracting(server -> server.observed().check())
                            .allMatch(check -> check != null && check.code() == CheckResult.Code.L7OK));
        }
        assertThat(servers)
                .allSatisfy(server -> assertThat(server.seen())
                        .filteredOn(question -> question.path().equals("/readyz"))
                        .isNotEmpty()
                        .allSatisfy(
                                question -> assertThat(question.authorization()).isEmpty()));
    }

    @Test
    void takesAServerWhoseSupervisorIsNotReadyOutOfUse() throws Exception {
        try (RunningBalancer balancer = start(0)) {
            awaitUsable(balancer, 0, 1, 2);

            servers.get(2).ready(false);

            await().atMost(PATIENCE).until(() -> server(balancer, address(2)).state() == ServerState.STOPPING);
            assertThat(server(balancer, address(0)).usable()).isTrue();
        }
    }

    @Test
    void findsANewServerWithoutTheOneThatItWasToldOf() throws Exception {
        try (RunningBalancer balancer = start(0)) {
            awaitUsable(balancer, 0, 1, 2);
            servers.get(0).close();
            servers.add(server(0));
            nameAll(1, 2, 3);

            balancer.refreshDiscovery();

            awaitUsable(balancer, 1, 2, 3);
            assertThat(server(balancer, address(0)).place().role()).isEqualTo(Role.FALLBACK);
        }
    }

    @Test
    void beginsOnTheSavedListAndRecoversWhenTheClusterIsBack() throws Exception {
        saved(0, address(1).toString(), address(2).toString());
        servers.forEach(FakeSupervisor::close);
        try (RunningBalancer balancer = start(0)) {
            assertThat(discovered(balancer)).containsExactlyInAnyOrder(address(1), address(2));
            await().atMost(PATIENCE)
                    .until(() -> server(balancer, address(1)).state() == ServerState.DOWN
                            && server(balancer, address(2)).state() == ServerState.DOWN);

            for (int i = 0; i < 3; i++) {
                servers.set(i, server(address(i).port()));
            }
            nameAll(0, 1, 2);

            awaitUsable(balancer, 0, 1, 2);
        }
    }

    @Test
    void healsASavedListOfWhichNothingIsTrueAnyMore() throws Exception {
        saved(0, "127.0.0.1:1", "127.0.0.1:2");
        try (RunningBalancer balancer = start(0)) {
            awaitUsable(balancer, 0, 1, 2);
        }

        assertThat(Files.readString(folder.resolve("state.json")))
                .contains(
                        address(0).toString(), address(1).toString(), address(2).toString())
                .doesNotContain("127.0.0.1:1\"", "sesame");
    }

    @Test
    void asksForNothingWithoutTheRightAuthority() throws Exception {
        X509Bundle bundle = new TestAuthority("another-ca").server("kubernetes.default.svc");
        servers.forEach(server ->
                server.present(AUTHORITY.pem(), new K3sPki.Identity(bundle.getKeyPair(), bundle.getCertificate())));
        try (RunningBalancer balancer = start(0)) {
            await().atMost(PATIENCE)
                    .until(() -> Optional.ofNullable(balancer.discoveryStatus().error())
                            .isPresent());

            assertThat(discovered(balancer)).isEmpty();
            assertThat(servers)
                    .allSatisfy(server -> assertThat(server.authorizations()).isEmpty());
        }
    }
}
