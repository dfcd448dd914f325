package io.apiserverlb.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.apiserverlb.pool.Event;
import io.apiserverlb.pool.Events;
import io.apiserverlb.pool.ServerPool;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;

@ApiTest
final class AccessTest {
    private static final String SERVER = "/lb/servers/192.0.2.10";

    private final int port;
    private final Client client;
    private final Events events;
    private final ServerPool pool;
    private final MeterRegistry registry;

    AccessTest(@LocalServerPort int port, Events events, ServerPool pool, MeterRegistry registry) {
        this.port = port;
        this.client = new Client(port);
        this.events = events;
        this.pool = pool;
        this.registry = registry;
    }

    @BeforeEach
    void resetList() {
        ApiUnderTest.reset(pool, "192.0.2.10:6443");
    }

    private String statusFor(String... lines) throws IOException {
        return new RawClient(port).exchange(lines).split(" ", 3)[1];
    }

    private String patchFrom(String... headers) {
        return String.valueOf(
                client.send("PATCH", SERVER, "{\"weight\": 7}", headers).status());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "LOCALHOST:8080",
                "localhost.",
                "127.0.0.1",
                "127.1.2.3:80",
                "[::1]",
                "[::1]:9",
                "LB.example"
            })
    void answersUnderTheNamesOfThisHost(String host) throws Exception {
        assertThat(statusFor("GET /lb HTTP/1.1", "Host: " + host)).isEqualTo("200");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example",
                "localhost.evil.example",
                "127.0.0.1.evil.example",
                "192.0.2.2",
                "0.0.0.0",
                "[::]",
                "2130706433"
            })
    void doesNotAnswerUnderAnyOtherName(String host) throws Exception {
        String answer = new RawClient(port).exchange("GET /lb HTTP/1.1", "Host: " + host);

        assertThat(answer).startsWith("HTTP/1.1 403 ").contains("application/problem+json", "the Host header", host);
    }

    private double countOf(String status) {
        return registry.find("http.server.requests").tag("status", status).timers().stream()
                .mapToDouble(Timer::count)
                .sum();
    }

    @Test
    void countsCallsThatItRefuses() throws IOException {
        double before = countOf("403");

        statusFor("GET /lb HTTP/1.1", "Host: evil.example");

        await().untilAsserted(() -> assertThat(countOf("403")).isGreaterThan(before));
    }

    @Test
    void takesNoChangesOnceAnotherProcessHasTheList() {
        pool.leaveToOther();

        Client.Answer answer = client.send("PATCH", SERVER, "{\"weight\": 7}");
        Client.Answer read = client.get(SERVER);

        pool.takeBack(list -> {});
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.header("Retry-After")).isEqualTo("1");
        assertThat(answer.json().get("detail").stringValue()).startsWith("another process takes over");
        assertThat(read.status()).isEqualTo(200);
        assertThat(patchFrom()).isEqualTo("200");
    }

    @Test
    void isNotReadyInThePlaceOfAnotherInstance() {
        String readiness = "/actuator/health/readiness";
        int own = client.get(readiness).status();

        Client.Answer other = client.get(readiness, InstanceFilter.HEADER, "green");

        assertThat(other.status()).isEqualTo(503);
        assertThat(other.json().get("detail").stringValue()).contains("lb.instance");
        assertThat(own).isEqualTo(200);
        assertThat(client.get(readiness, InstanceFilter.HEADER, "blue").status())
                .isEqualTo(200);
    }

    @Test
    void doesNotAnswerWithoutAName() throws Exception {
        assertThat(statusFor("GET /lb HTTP/1.0")).isEqualTo("403");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://127.0.0.1:%d", "http://localhost:%d", "http://[::1]:%d"})
    void takesChangesFromItsOwnPages(String origin) {
        assertThat(patchFrom("Origin", origin.formatted(port), "Sec-Fetch-Site", "same-origin"))
                .isEqualTo("200");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://evil.example",
                "http://evil.example:%d",
                "http://localhost:1",
                "http://localhost",
                "null",
                "file://",
                "http://localhost:%d.evil.example",
                "ftp://localhost:%d"
            })
    void takesNoChangesFromOtherPages(String origin) {
        assertThat(patchFrom("Origin", origin.formatted(port))).isEqualTo("403");
    }

    @ParameterizedTest
    @CsvSource({"none, 200", "same-origin, 200", "same-site, 403", "cross-site, 403", "nonsense, 403"})
    void asksTheBrowserWhereAChangeComesFrom(String site, String status) {
        assertThat(patchFrom("Sec-Fetch-Site", site, "Sec-Fetch-Mode", "navigate"))
                .isEqualTo(status);
    }

    @Test
    void canBeLinkedToButNotEmbedded() {
        Client.Answer followed = client.get("/", "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate");
        Client.Answer data = client.get("/lb/live", "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate");
        Client.Answer embedded = client.get("/lb", "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "no-cors");
        Client.Answer fetched = client.get("/lb", "Origin", "http://evil.example");

        assertThat(followed.status()).isEqualTo(200);
        assertThat(data.status()).isEqualTo(403);
        assertThat(embedded.status()).isEqualTo(403);
        assertThat(fetched.status()).isEqualTo(403);
    }

    @ParameterizedTest
    @CsvSource({"POST, /actuator/loggers/some", "DELETE, /demo/servers/1", "PUT, /", "MADEUP, /lb"})
    void holdsEveryChangingCallOfTheApplicationToTheRules(String method, String path) {
        Client.Answer answer = client.send(method, path, null, "Origin", "http://evil.example");

        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
    }

    private JsonNode level(String logger) {
        return client.get("/actuator/loggers/" + logger).json().path("configuredLevel");
    }

    @ParameterizedTest
    @ValueSource(strings = {"dryRun=true", "dryRun=false", "dryRun", "dryrun=true", "a=b&DRYRUN=1"})
    void doesNotDoWhatActuatorWasOnlyToTry(String parameters) {
        Client.Answer answer =
                client.send("POST", "/actuator/loggers/tried?" + parameters, "{\"configuredLevel\": \"WARN\"}");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(answer.json().get("detail").stringValue()).contains("dryRun", "nothing was done");
        assertThat(level("tried").isMissingNode()).isTrue();
    }

    @Test
    void recordsWhatWasChangedByActuator() {
        Client.Answer done = client.send("POST", "/actuator/loggers/changed", "{\"configuredLevel\": \"WARN\"}");
        Client.Answer refused = client.send("POST", "/actuator/loggers/changed", "{\"configuredLevel\": \"LOUD\"}");

        assertThat(done.status()).isEqualTo(204);
        assertThat(refused.status()).isEqualTo(400);
        assertThat(level("changed").stringValue()).isEqualTo("WARN");
        assertThat(events.latest())
                .filteredOn(event -> event.message().contains(" changed "))
                .singleElement()
                .satisfies(event -> {
                    assertThat(event.actor()).isEqualTo("rest anonymous@127.0.0.1");
                    assertThat(event.message()).isEqualTo("the level of the logger changed is WARN");
                });
    }

    @Test
    void recordsTheLevelOfAGroupOfLoggers() {
        Stream.of("\"WARN\"", "\"ERROR\"", "null")
                .forEach(level -> assertThat(
                                client.send("POST", "/actuator/loggers/sql", "{\"configuredLevel\": " + level + "}")
                                        .status())
                        .isEqualTo(204));

        assertThat(events.latest())
                .filteredOn(event -> event.message().contains(" sql "))
                .extracting(Event::message, Event::before, Event::after)
                .containsExactly(
                        tuple("the level of the group of loggers sql is WARN", null, "WARN"),
                        tuple("the level of the group of loggers sql is ERROR", "WARN", "ERROR"),
                        tuple("the level of the group of loggers sql is not set", "ERROR", null));
    }

    @Test
    void takesNoBodyThatAFormCouldSendFromAnybody() throws Exception {
        Client.Answer form = client.send("POST", "/demo/servers/1/stop", "a=b", "Content-Type", "text/plain");

        assertThat(form.status()).isEqualTo(415);
        assertThat(statusFor(
                        "POST /demo/servers/1/stop HTTP/1.1",
                        "Host: localhost",
                        "Transfer-Encoding: chunked",
                        "Connection: close",
                        "",
                        "0",
                        ""))
                .isEqualTo("415");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/lb//servers",
                "/lb/./servers",
                "/lb/../lb/servers",
                "/lb/servers;a=b",
                "/lb/%2e%2e/lb/servers",
                "/lb/servers/%252F",
                "/lb/servers/a%0Ab",
                "/lb/servers/a%00b"
            })
    void refusesDetours(String path) throws Exception {
        assertThat(new RawClient(port).exchange("GET " + path + " HTTP/1.1", "Host: localhost"))
                .startsWith("HTTP/1.1 400 ")
                .contains("Content-Type: application/problem+json", "\"detail\":\"", "X-Content-Type-Options: nosniff");
    }

    /** A path that nobody has thought of is not open to everybody. */
    @ParameterizedTest
    @ValueSource(strings = {"/unlisted", "/actuator/loggers2", "/actuator/env", "/lbx", "/v3", "/error"})
    void hasNothingThatIsNotNamed(String path) {
        Client.Answer answer = client.get(path);

        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
    }
}
