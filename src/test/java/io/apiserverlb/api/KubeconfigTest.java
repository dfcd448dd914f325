package io.apiserverlb.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.apiserverlb.pool.Certificate;
import io.apiserverlb.pool.CheckReport;
import io.apiserverlb.pool.CheckResult;
import io.apiserverlb.pool.ServerPool;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.yaml.snakeyaml.Yaml;

@ApiTest
final class KubeconfigTest {
    private static final String CA = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";

    private final Client client;
    private final ServerPool pool;
    private final FakeTrust trust;

    KubeconfigTest(@LocalServerPort int port, ServerPool pool, FakeTrust trust) {
        this.client = new Client(port);
        this.pool = pool;
        this.trust = trust;
    }

    @BeforeEach
    void reset() {
        ApiUnderTest.reset(pool, "192.0.2.30:6443");
        trust.listeners = List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 6444));
        trust.authorities = CA;
    }

    private void checked(String server, String... names) {
        pool.checked(
                Values.address(server),
                new CheckReport(
                        new CheckResult(
                                CheckResult.Type.HTTPS,
                                CheckResult.Code.L7OK,
                                200,
                                "ok",
                                Duration.ofMillis(1),
                                ApiUnderTest.NOW),
                        new Certificate(
                                Certificate.Identity.VERIFIED,
                                null,
                                ApiUnderTest.NOW.minus(Duration.ofDays(1)),
                                ApiUnderTest.NOW.plus(Duration.ofDays(1)),
                                "CN=k3s",
                                List.of(names)),
                        null,
                        null));
    }

    private Map<String, Object> cluster() {
        Map<String, List<Map<String, Map<String, Object>>>> yaml =
                new Yaml().load(client.get("/lb/kubeconfig").body());
        return Objects.requireNonNull(
                Objects.requireNonNull(yaml.get("clusters")).get(0).get("cluster"));
    }

    @Test
    void leadsToTheBalancerWithoutCredentials() {
        Client.Answer answer = client.get("/lb/kubeconfig");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Type")).startsWith("application/yaml");
        assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
        Map<String, Object> yaml = new Yaml().load(answer.body());
        assertThat(yaml)
                .containsEntry("apiVersion", "v1")
                .containsEntry("kind", "Config")
                .containsEntry("current-context", "apiserver")
                .containsEntry(
                        "contexts",
                        List.of(Map.of(
                                "name", "apiserver", "context", Map.of("cluster", "apiserver", "user", "apiserver"))))
                .containsEntry("users", List.of(Map.of("name", "apiserver", "user", Map.of())));
        assertThat(cluster()).containsEntry("server", "https://127.0.0.1:6444");
    }

    @Test
    void tellsTheCaIfItIsKnown() {
        String data = String.valueOf(cluster().get("certificate-authority-data"));
        assertThat(new String(Base64.getDecoder().decode(data), StandardCharsets.US_ASCII))
                .isEqualTo(CA);

        trust.authorities = null;

        assertThat(cluster()).doesNotContainKey("certificate-authority-data");
    }

    @Test
    void tellsANameThatTheCertificatesCover() {
        checked("192.0.2.30:6443", "kubernetes", "kubernetes.default.svc", "192.0.2.30");

        assertThat(cluster()).containsEntry("tls-server-name", "kubernetes.default.svc");

        checked("192.0.2.30:6443", "kubernetes", "127.0.0.1");

        assertThat(cluster()).containsEntry("tls-server-name", "kubernetes");

        checked("192.0.2.30:6443", "127.0.0.1");

        assertThat(cluster()).doesNotContainKey("tls-server-name");
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.5 0.0.0.0,127.0.0.1:6445",
        "192.0.2.5 ::1,[::1]:6445",
        "::1 127.0.0.1,127.0.0.1:6445",
        "::,[::1]:6444",
        "192.0.2.5,192.0.2.5:6444"
    })
    void namesTheNearestListener(String listeners, String nearest) {
        String[] ips = listeners.split(" ", -1);
        trust.listeners = IntStream.range(0, ips.length)
                .mapToObj(i -> new InetSocketAddress(ips[i], 6444 + i))
                .toList();

        assertThat(cluster()).containsEntry("server", "https://" + nearest);
    }

    @Test
    void saysThatThereIsNoListener() {
        trust.listeners = List.of();

        Client.Answer answer = client.get("/lb/kubeconfig");

        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
    }

    @Test
    void quotesTheNameOfTheBalancer() {
        Map<String, Object> yaml = new Yaml().load(new Kubeconfig("it's: #1", "127.0.0.1:1", null, null).yaml());

        assertThat(yaml).containsEntry("current-context", "it's: #1");
    }

    @Test
    void quotesTheNameOfTheServersWhichMayLookLikeSomethingElse() {
        checked("192.0.2.30:6443", "no");

        assertThat(cluster()).containsEntry("tls-server-name", "no");
    }
}
