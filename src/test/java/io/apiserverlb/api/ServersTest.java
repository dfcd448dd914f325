package io.apiserverlb.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.apiserverlb.pool.Certificate;
import io.apiserverlb.pool.CheckReport;
import io.apiserverlb.pool.CheckResult;
import io.apiserverlb.pool.CloseReason;
import io.apiserverlb.pool.ConnectFailure;
import io.apiserverlb.pool.Lease;
import io.apiserverlb.pool.ServerAddress;
import io.apiserverlb.pool.ServerPool;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.web.server.LocalServerPort;

@ApiTest
final class ServersTest {
    private static final ServerAddress SERVED = Values.address("192.0.2.77:6443");

    private final Client client;
    private final ServerPool pool;

    ServersTest(@LocalServerPort int port, ServerPool pool) {
        this.client = new Client(port);
        this.pool = pool;
    }

    @BeforeEach
    void resetList() {
        ApiUnderTest.reset(pool, "192.0.2.10:6443", "[2001:db8::1]:6443", "api.example.com:443");
    }

    @Test
    void showsTheListsAsGivenAndTheServersThatFollow() {
        Client.Answer answer = client.get("/lb/servers");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().get("serverUrl").stringValue()).isEqualTo("https://" + ApiUnderTest.SEED);
        assertThat(answer.json().get("serverAddresses")).isEqualTo(Client.json("""
                                ["192.0.2.10:6443", "[2001:db8::1]:6443", "api.example.com:443", "192.0.2.20:6443"]
                                """));
        assertThat(answer.json().get("version").longValue())
                .isEqualTo(pool.list().version());
        assertThat(answer.json()
                        .get("servers")
                        .valueStream()
                        .map(server -> server.get("address").stringValue()
                                + " " + server.get("role").stringValue()
                                + " " + server.get("origins")))
                .containsExactly(
                        "192.0.2.10:6443 primary [\"managed\"]",
                        "[2001:db8::1]:6443 primary [\"managed\"]",
                        "api.example.com:443 primary [\"managed\"]",
                        "192.0.2.20:6443 primary [\"discovered\"]",
                        "192.0.2.1:6789 fallback [\"seed\"]");
    }

    @Test
    void showsAllThatIsKnownOfAServer() throws Exception {
        ApiUnderTest.reset(pool, SERVED.toString());
        pool.checked(
                SERVED,
                new CheckReport(
                        new CheckResult(
                                CheckResult.Type.HTTPS,
                                CheckResult.Code.L7OK,
                                200,
                                "ok",
                                Duration.ofNanos(3_149_000),
                                ApiUnderTest.NOW),
                        new Certificate(
                                Certificate.Identity.VERIFIED,
                                null,
                                Instant.parse("2026-04-12T13:14:52Z"),
                                Instant.parse("2027-04-12T13:14:52Z"),
                                "CN=k3s",
                                List.of("kubernetes.default.svc")),
                        "v1.36.2",
                        Duration.ofNanos(418_600)));
        InetAddress localhost = InetAddress.getLoopbackAddress();
        List<ServerAddress> others = List.of(Values.address(ApiUnderTest.DISCOVERED));
        Lease session = Objects.requireNonNull(pool.acquire(localhost, others));
        session.connected();
        session.taken();
        session.received(1234);
        session.sent(5678);
        Objects.requireNonNull(pool.acquire(localhost, others)).failed(ConnectFailure.LOCAL);

        Client.Answer answer = client.get("/lb/servers/192.0.2.77:6443");
        session.close(CloseReason.CLIENT);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json()).isEqualTo(Client.json("""
                                {
                                  "address": "192.0.2.77:6443", "hostname": null, "role": "primary", "origins": ["managed"],
                                  "admin": "ready", "state": "up", "usable": true, "reason": null, "weight": 100,
                                  "health": {"rise": 2, "fall": 3, "credit": 4, "since": "2026-11-23T04:10:00.123Z"},
                                  "check": {"type": "https", "result": "L7OK", "code": 200, "detail": "ok", "durationMs": 3.1, "connectMs": 0.419,
                                            "at": "2026-11-23T04:10:00.123Z"},
                                  "certificate": {"verified": true, "identity": "verified", "reason": null,
                                                  "notBefore": "2026-04-12T13:14:52Z", "notAfter": "2027-04-12T13:14:52Z",
                                                  "subject": "CN=k3s", "names": ["kubernetes.default.svc"]},
                                  "kubernetesVersion": "v1.36.2",
                                  "connections": {"active": 1, "total": 1, "failed": 1, "bytesIn": 1234, "bytesOut": 5678},
                                  "warnings": ["the certificate does not cover 127.0.0.1: clients that connect there need tls-server-name, such as kubernetes.default.svc"]
                                }
                                """));
    }

    @Test
    void showsWhatIsNotKnownAsNull() {
        Client.Answer answer = client.get("/lb/servers/192.0.2.10:6443");

        assertThat(answer.json().get("state").stringValue()).isEqualTo("unchecked");
        assertThat(List.of("check", "certificate", "kubernetesVersion", "hostname"))
                .allSatisfy(name -> assertThat(answer.json().get(name).isNull()).isTrue());
        assertThat(answer.json().get("warnings").size()).isZero();
    }

    @Test
    void saysWhyAServerIsNotUsable() {
        Client.Answer answer = client.get("/lb/servers/api.example.com:443");

        assertThat(answer.json().get("usable").booleanValue()).isFalse();
        assertThat(answer.json().get("hostname").stringValue()).isEqualTo("api.example.com");
        assertThat(answer.json().get("reason").stringValue()).isEqualTo("the name has not been resolved");
    }

    @ParameterizedTest
    @ValueSource(strings = {"192.0.2.10:6443", "192.0.2.10"})
    void findsAServerByEachSpellingOfAnIpv4Address(String spelling) {
        assertThat(client.get("/lb/servers/" + spelling).json().get("address").stringValue())
                .isEqualTo("192.0.2.10:6443");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "%5B2001:db8::1%5D:6443",
                "%5b2001%3Adb8%3A%3A1%5d%3A6443",
                "%5B2001:db8::1%5D",
                "2001:db8::1",
                "%5B2001:DB8:0:0:0:0:0:1%5D:6443"
            })
    void findsAServerByEachSpellingOfAnIpv6Address(String spelling) {
        assertThat(client.get("/lb/servers/" + spelling).json().get("address").stringValue())
                .isEqualTo("[2001:db8::1]:6443");
    }

    @Test
    void tellsTheVersionOfTheListAsEntityTag() {
        String tag = "\"" + pool.list().version() + "\"";

        assertThat(client.get("/lb/servers").header("ETag")).isEqualTo(tag);
        assertThat(client.get("/lb/servers/192.0.2.10").header("ETag")).isEqualTo(tag);
        assertThat(client.send("HEAD", "/lb/servers", null).header("ETag")).isEqualTo(tag);
    }

    @Test
    void answersInFullToWhoeverKnowsTheVersionAlready() {
        String tag = "\"" + pool.list().version() + "\"";

        Client.Answer list = client.get("/lb/servers", "If-None-Match", tag);
        Client.Answer server = client.get("/lb/servers/192.0.2.10", "If-None-Match", "*");

        assertThat(list.status()).isEqualTo(200);
        assertThat(list.body()).isNotEmpty();
        assertThat(server.status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/lb", "/lb/servers", "/lb/servers/192.0.2.10", "/lb/servers/192.0.2.99", "/lb/nothing"})
    void forbidsCachesToKeepAnything(String path) {
        assertThat(client.get(path).header("Cache-Control")).isEqualTo("no-store");
    }

    @Test
    void doesNotFindAServerThatIsNotInTheList() {
        Client.Answer answer = client.get("/lb/servers/192.0.2.99:6443");

        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(answer.json().get("detail").stringValue()).isEqualTo("there is no server 192.0.2.99:6443");
    }

    @Test
    void doesNotTakeForAnAddressWhatIsNone() {
        Client.Answer answer = client.get("/lb/servers/192.0.2.10:99999");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().get("detail").stringValue()).contains("port", "99999");
    }
}
