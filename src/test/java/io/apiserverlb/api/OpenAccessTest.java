package io.apiserverlb.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.apiserverlb.pool.Event;
import io.apiserverlb.pool.Events;
import io.apiserverlb.pool.ServerPool;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.web.server.LocalManagementPort;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.TestPropertySource;

/** The rules on a wildcard address without a token, and on a port of Actuator's own that only this host can reach. */
@ApiTest
@TestPropertySource(
        properties = {
            "server.address=0.0.0.0",
            "management.server.port=0",
            "management.server.address=127.0.0.1",
            "management.endpoints.web.exposure.include=loggers,health"
        })
final class OpenAccessTest {
    private final int port;
    private final Client client;
    private final int managementPort;
    private final Client management;
    private final ServerPool pool;
    private final Events events;

    OpenAccessTest(@LocalServerPort int port, @LocalManagementPort int managementPort, ServerPool pool, Events events) {
        this.port = port;
        this.client = new Client(port);
        this.managementPort = managementPort;
        this.management = new Client(managementPort);
        this.pool = pool;
        this.events = events;
    }

    @BeforeEach
    void resetList() {
        ApiUnderTest.reset(pool, "192.0.2.10:6443");
    }

    @Test
    void isOpenToReadersUnderAnyName() throws Exception {
        assertThat(client.get("/lb/servers").status()).isEqualTo(200);
        assertThat(client.send("HEAD", "/lb/live", null).status()).isEqualTo(200);
        assertThat(new RawClient(port).exchange("GET /lb HTTP/1.1", "Host: lb.corp.example"))
                .startsWith("HTTP/1.1 200 ");
    }

    @Test
    void tellsNothingToAPageOfAnotherHost() throws Exception {
        String asked = "Host: lb.corp.example:" + port;

        assertThat(new RawClient(port).exchange("GET /lb HTTP/1.1", asked, "Origin: http://lb.corp.example:" + port))
                .startsWith("HTTP/1.1 200 ");
        assertThat(new RawClient(port).exchange("GET /lb HTTP/1.1", asked, "Origin: http://localhost:" + port))
                .startsWith("HTTP/1.1 403 ");
    }

    @Test
    void takesNoChangesEvenIfTheCallerCameByALoopbackAddress() {
        Client.Answer answer = client.send("DELETE", "/lb/servers/192.0.2.10", null);

        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(answer.json().get("detail").stringValue()).contains("no token is configured", "loopback");
        assertThat(pool.list().membership().managed()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/lb/connections", "/lb/connections/1", "/lb/events", "/lb/why?client=192.0.2.1", "/lb/%65vents"
            })
    void doesNotShowWhoIsConnected(String path) {
        assertThat(client.get(path).status()).isEqualTo(403);
    }

    @Test
    void isNotReadyOnActuatorsOwnPortInThePlaceOfAnotherInstance() {
        assertThat(management
                        .get("/actuator/health/readiness", InstanceFilter.HEADER, "green")
                        .status())
                .isEqualTo(503);
    }

    @Test
    void takesChangesOnActuatorsOwnPort() {
        Client.Answer answer =
                management.send("POST", "/actuator/loggers/io.apiserverlb.some", "{\"configuredLevel\": \"WARN\"}");

        assertThat(answer.status()).isEqualTo(204);
    }

    @Test
    void recordsWhoChangedALogLevelAndHow() {
        setLevel("io.apiserverlb.recorded", "ERROR");

        setLevel("io.apiserverlb.recorded", "TRACE");

        assertThat(events.latest()).last().satisfies(event -> {
            assertThat(event.type()).isEqualTo(Event.Type.SETTING);
            assertThat(event.actor()).isEqualTo("rest anonymous@127.0.0.1");
            assertThat(event.message()).isEqualTo("the level of the logger io.apiserverlb.recorded is TRACE");
            assertThat(event.before()).isEqualTo("ERROR");
            assertThat(event.after()).isEqualTo("TRACE");
        });
    }

    @Test
    void recordsNoChangeThatWasNotMade() {
        setLevel("io.apiserverlb.recorded", "INFO");
        List<Event> before = events.latest();

        assertThat(management
                        .send("POST", "/actuator/loggers/io.apiserverlb.recorded", "{\"configuredLevel\": \"LOUD\"}")
                        .status())
                .isEqualTo(400);

        assertThat(events.latest()).isEqualTo(before);
    }

    private void setLevel(String logger, String level) {
        String path = "/actuator/loggers/" + logger;
        assertThat(management
                        .send("POST", path, "{\"configuredLevel\": \"" + level + "\"}")
                        .status())
                .isEqualTo(204);
    }

    @Test
    void refusesWithAProblemOnActuatorsOwnPort() throws Exception {
        RawClient raw = new RawClient(managementPort);

        assertThat(raw.exchange("GET /actuator/{health} HTTP/1.1", "Host: localhost"))
                .startsWith("HTTP/1.1 400 ")
                .contains("Content-Type: application/problem+json", "\"detail\":\"");
        assertThat(raw.exchange("GET /actuator/health/[::1]:6443 HTTP/1.1", "Host: localhost"))
                .startsWith("HTTP/1.1 404 ");
    }

    @Test
    void holdsActuatorsOwnPortToTheRules() throws Exception {
        Client.Answer answer = management.send(
                "POST",
                "/actuator/loggers/io.apiserverlb.some",
                "{\"configuredLevel\": \"WARN\"}",
                "Origin",
                "http://evil.example");

        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(new RawClient(managementPort).exchange("GET /actuator HTTP/1.1", "Host: evil.example"))
                .startsWith("HTTP/1.1 403 ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/index.html",
                "/dashboard/uplot/uPlot.esm.js",
                "/webjars/uplot/dist/uPlot.esm.js",
                "/swagger-ui.html",
                "/swagger-ui/index.html",
                "/lb",
                "/lb/live"
            })
    void showsNothingButActuatorOnItsOwnPort(String path) {
        Client.Answer answer = management.get(path);

        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(client.get(path.equals("/lb/live") ? "/lb" : path).status()).isIn(200, 302); // it is there elsewhere
    }
}
