package io.apiserverlb.discovery.k3s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apiserverlb.Service;
import io.apiserverlb.testing.TestAuthority;
import io.netty.pkitesting.X509Bundle;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The jar in a k3s cluster, as an operator sees it. */
@Timeout(120)
@Execution(ExecutionMode.CONCURRENT)
class DiscoveryIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    @Test
    void isShownWhereverAnOperatorLooks() throws Exception {
        TestAuthority authority = new TestAuthority("k3s-server-ca");
        X509Bundle bundle = authority.server("kubernetes.default.svc");
        K3sPki.Identity identity = new K3sPki.Identity(bundle.getKeyPair(), bundle.getCertificate());
        String password = "Basic " + Base64.getEncoder().encodeToString("node:sesame".getBytes(StandardCharsets.UTF_8));
        String token = "K10" + K3sPki.sha256(authority.pem()) + "::server:sesame";
        try (FakeSupervisor server = new FakeSupervisor("127.0.0.1", 0, identity, authority.pem());
                Service service = Service.start(
                        folder,
                        "--lb.server-url=https://127.0.0.1:" + server.port(),
                        "--lb.discovery.kind=k3s",
                        "--lb.discovery.debounce=100ms",
                        "--lb.discovery.k3s.token-file=" + Files.writeString(folder.resolve("token"), token))) {
            server.accepting(password).naming("127.0.0.1:" + server.port(), "127.0.0.1:1");

            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(service.get("/lb"))
                            .contains("\"kind\":\"k3s\"", "\"error\":null", "\"lastSuccess\":\"20", "\"total\":2"));
            assertThat(service.get("/lb/servers")).contains("\"origins\":[\"discovered\",\"seed\"]");
            assertThat(service.get("/actuator/health/discovery")).contains("\"status\":\"UP\"", "k3s");
            assertThat(service.get("/actuator/prometheus"))
                    .contains("apiserver_lb_discovery_updates_total{lb=\"apiserver\",outcome=\"success\"} 1.0");

            server.naming("127.0.0.1:" + server.port());
            HttpResponse<String> refreshed = service.send("POST", "/lb/discovery/refresh", "");

            assertThat(refreshed.statusCode()).isEqualTo(202);
            await().atMost(PATIENCE)
                    .untilAsserted(() ->
                            assertThat(service.get("/lb/servers/127.0.0.1:1")).contains("\"state\":\"removing\""));
            assertThat(service.log()).doesNotContain("sesame", password);
        }
    }
}
