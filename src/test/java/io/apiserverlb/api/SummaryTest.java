package io.apiserverlb.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.apiserverlb.pool.ServerPool;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.info.BuildProperties;
import org.springframework.boot.test.web.server.LocalServerPort;

@ApiTest
final class SummaryTest {
    private final Client client;
    private final ServerPool pool;
    private final BuildProperties build;

    SummaryTest(@LocalServerPort int port, ServerPool pool, BuildProperties build) {
        this.client = new Client(port);
        this.pool = pool;
        this.build = build;
    }

    @BeforeEach
    void resetList() {
        ApiUnderTest.reset(pool, "192.0.2.10:6443", "api.example.com:443");
    }

    @Test
    void showsTheBalancerAtAGlance() {
        Client.Answer answer = client.get("/lb");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json()).isEqualTo(Client.json("""
                                {
                                  "name": "apiserver", "mode": "normal",
                                  "listeners": ["127.0.0.1:6444", "[::1]:6444", "0.0.0.0:6445", "[::]:6445"],
                                  "version": "%s",
                                  "servers": {"total": 4, "usable": 3},
                                  "connections": {"active": 12, "limit": 10000},
                                  "discovery": {"kind": "k3s", "lastSuccess": "2026-11-23T04:10:00.123Z", "error": "no route to host"}
                                }
                                """.formatted(build.getVersion())));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*/*",
                "application/json",
                "application/*",
                "application/json, text/plain, */*",
                "text/html, */*;q=0.8"
            })
    void isJsonForWhoeverTakesAnything(String accept) {
        assertThat(client.get("/lb", "Accept", accept).header("Content-Type")).isEqualTo("application/json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "text/*", "text/plain, */*;q=0.1", "application/json;q=0.5, text/plain"})
    void isATableForWhoeverWouldRatherHaveText(String accept) {
        Client.Answer answer = client.get("/lb", "Accept", accept);

        assertThat(answer.header("Content-Type")).startsWith("text/plain");
        assertThat(answer.body()).startsWith("apiserver ").contains("\n192.0.2.10:6443 ");
    }

    @Test
    void isNothingElse() {
        Client.Answer answer = client.get("/lb", "Accept", "application/xml");

        assertThat(answer.status()).isEqualTo(406);
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(answer.json().get("detail").stringValue()).contains("application/json", "text/plain");
    }
}
