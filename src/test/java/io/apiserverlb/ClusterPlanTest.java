package io.apiserverlb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apiserverlb.check.Supervisor;
import io.apiserverlb.demo.DemoAuthority;
import io.apiserverlb.discovery.kubernetes.CallerReviews;
import io.apiserverlb.pool.Events;
import io.apiserverlb.pool.Membership;
import io.apiserverlb.pool.SeedUrl;
import io.apiserverlb.pool.ServerAddress;
import io.apiserverlb.pool.ServerPool;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

class ClusterPlanTest {
    @TempDir
    private Path folder;

    private final Map<String, Object> properties = new HashMap<>();

    private ClusterPlan plan() {
        StandardEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(new MapPropertySource("test", properties));
        return ClusterPlan.of(
                Blueprint.of(new PropertiesLoader(environment).load(), "node", folder),
                InstantSource.system(),
                System::nanoTime);
    }

    private Path kubeconfig() throws IOException {
        DemoAuthority authority = new DemoAuthority(InstantSource.system(), new SecureRandom());
        String ca =
                Base64.getEncoder().encodeToString(authority.certificatePem().getBytes(StandardCharsets.UTF_8));
        return Files.writeString(folder.resolve("config"), """
            apiVersion: v1
            kind: Config
            current-context: a
            contexts:
            - {name: a, context: {cluster: a, user: a}}
            clusters:
            - {name: a, cluster: {server: "https://10.0.0.1:6443", certificate-authority-data: %s}}
            users:
            - {name: a, user: {token: sesame}}
            """.formatted(ca));
    }

    private static ServerPool.Memory memory(String... urls) {
        List<SeedUrl> seeds = List.of(urls).stream().map(SeedUrl::parse).toList();
        return new ServerPool.Memory(1, new Membership(seeds, List.of(), List.of(), Map.of()), Map.of());
    }

    private static List<String> servers(ServerPool.Memory memory) {
        return memory.membership().seeds().stream()
                .map(seed -> seed.server().toString())
                .toList();
    }

    @Test
    void asksNobodyUnlessToldSo() {
        assertThat(plan().asksTheCluster()).isFalse();
        assertThat(plan().credentials()).isEmpty();
        assertThat(servers(plan().complete(memory("https://a:9345")))).containsExactly("a:9345");
        assertThat(plan().checker(List.of()).supervisor()).isNull();
    }

    @Test
    void beginsWithTheAddressInTheCredentialsIfThereIsNoOther() throws Exception {
        properties.put("lb.discovery.kind", "kubernetes");
        properties.put("lb.discovery.kubeconfig", kubeconfig().toString());

        assertThat(plan().credentials()).hasValue(folder.resolve("config") + ", for https://10.0.0.1:6443");
        assertThat(servers(plan().complete(memory()))).containsExactly("10.0.0.1:6443");
        assertThat(servers(plan().complete(memory("https://10.0.0.9:6443"))))
                .as("and that of the last life")
                .containsExactly("10.0.0.1:6443", "10.0.0.9:6443");
        assertThat(servers(plan().complete(memory("https://10.0.0.1:6443/")))).containsExactly("10.0.0.1:6443");
    }

    @Test
    void beginsWithWhatTheOperatorNamesAndNothingElse() throws Exception {
        properties.put("lb.discovery.kind", "kubernetes");
        properties.put("lb.discovery.kubeconfig", kubeconfig().toString());
        properties.put("lb.server-url", "https://10.0.0.9:6443");

        assertThat(servers(plan().complete(memory("https://10.0.0.9:6443")))).containsExactly("10.0.0.9:6443");
    }

    @Test
    void asksAboutCallersWhoeverNamesTheServers() throws Exception {
        assertThat(plan().needsGateway()).isFalse();
        assertThat(reviews()).isNull();

        properties.put("lb.admin.kubernetes-auth", "on");
        properties.put("lb.discovery.kubeconfig", kubeconfig().toString());
        try (CallerReviews reviews = reviews()) {
            assertThat(reviews).isNotNull();
        }

        assertThat(plan().needsGateway()).isTrue();
        assertThat(plan().asksTheCluster()).isFalse();
        assertThat(servers(plan().complete(memory())))
                .as("the credentials name nobody to balance over")
                .isEmpty();
    }

    private @Nullable CallerReviews reviews() {
        return plan().reviews(
                        Optional::empty, InstantSource.system(), System::nanoTime, new Events(InstantSource.system()));
    }

    @Test
    void needsCredentialsToAskAboutCallers() throws Exception {
        properties.put("lb.admin.kubernetes-auth", "true");
        properties.put("lb.discovery.kubeconfig", folder.resolve("none").toString());

        assertThatThrownBy(this::plan)
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith("lb.admin.kubernetes-auth: ")
                .hasMessageContaining(folder.resolve("none").toString());
    }

    @Test
    void needsAnAddressToAskSupervisorsAt() throws Exception {
        properties.put("lb.discovery.kind", "k3s");
        properties.put(
                "lb.discovery.k3s.token-file",
                Files.writeString(folder.resolve("token"), "sesame").toString());

        plan().requireSeed(memory("https://10.0.0.1:6443").membership().seeds());
        assertThatThrownBy(() -> plan().requireSeed(List.of()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("lb.server-url: is missing, but needed with lb.discovery.kind=k3s");

        properties.put("lb.server-url", "http://10.0.0.1:6443");
        assertThatThrownBy(this::plan)
                .hasMessage("lb.server-url: 'http://10.0.0.1:6443' is not allowed:"
                        + " supervisors of k3s and RKE2 speak https only");
    }

    @Test
    void beginsWithTheApiServerBesideASupervisor() throws Exception {
        properties.put("lb.discovery.kind", "k3s");
        properties.put("lb.discovery.k3s.program", "rke2");
        properties.put("lb.server-url", "https://10.0.0.1:9345");
        properties.put(
                "lb.discovery.k3s.token-file",
                Files.writeString(folder.resolve("token"), "sesame").toString());
        ServerPool.Memory memory = memory("https://10.0.0.1:9345");

        assertThat(servers(plan().complete(memory))).containsExactly("10.0.0.1:6443");
        assertThat(plan().checker(memory.membership().seeds()).supervisor())
                .isEqualTo(new Supervisor("/v1-rke2/readyz", 9345));
    }

    @Test
    void appliesTheRulesToWhatWasFoundBefore() throws Exception {
        properties.put("lb.discovery.kind", "kubernetes");
        properties.put("lb.discovery.kubeconfig", kubeconfig().toString());
        properties.put("lb.discovery.deny", "10.0.1.0/24");
        List<ServerAddress> found = List.of(new ServerAddress("10.0.0.1", 6443), new ServerAddress("10.0.1.1", 6443));
        List<ServerAddress> managed = List.of(new ServerAddress("10.0.1.2", 6443));

        ServerPool.Memory memory = plan().complete(
                        new ServerPool.Memory(1, new Membership(List.of(), managed, found, Map.of()), Map.of()));

        assertThat(memory.membership().discovered()).containsExactly(found.get(0));
        assertThat(memory.membership().managed()).isEqualTo(managed);
    }

    @Test
    void namesThePropertyOfCredentialsThatAreNoGood() {
        properties.put("lb.discovery.kind", "kubernetes");
        properties.put("lb.discovery.kubeconfig", folder.resolve("none").toString());
        assertThatThrownBy(this::plan)
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith("lb.discovery.kubeconfig: ")
                .hasMessageContaining(folder.resolve("none").toString());

        properties.put("lb.discovery.kind", "k3s");
        properties.put("lb.server-url", "https://10.0.0.1:6443");
        properties.put("lb.discovery.k3s.token-file", folder.resolve("none").toString());
        assertThatThrownBy(this::plan)
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith("lb.discovery.k3s.token-file: " + folder.resolve("none"));
    }
}
