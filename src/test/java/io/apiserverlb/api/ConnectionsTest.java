package io.apiserverlb.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apiserverlb.pool.Event;
import io.apiserverlb.pool.Events;
import io.apiserverlb.pool.ServerPool;
import io.apiserverlb.pool.SessionInfo;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;

@ApiTest
final class ConnectionsTest {
    private static final String PATH = "/lb/connections";

    private final Client client;
    private final ServerPool pool;
    private final FakeSessionControl sessions;
    private final Events events;

    ConnectionsTest(@LocalServerPort int port, ServerPool pool, FakeSessionControl sessions, Events events) {
        this.client = new Client(port);
        this.pool = pool;
        this.sessions = sessions;
        this.events = events;
    }

    @BeforeEach
    void reset() {
        ApiUnderTest.reset(pool, "192.0.2.10:6443", "192.0.2.11:6443");
        sessions.reset();
        sessions.sessions.add(FakeSessionControl.session("17", null, 40_001, "192.0.2.11:6443"));
        sessions.sessions.add(FakeSessionControl.session("discovery-3", "discovery", 40_002, "192.0.2.10:6443"));
        sessions.sessions.add(FakeSessionControl.session("16", null, 40_003, null));
    }

    private List<String> ids(String query) {
        return client.get(PATH + query)
                .json()
                .valueStream()
                .map(session -> session.get("id").stringValue())
                .toList();
    }

    private Event lastOf(Event.Type type) {
        return events.latest().stream()
                .filter(event -> event.type() == type)
                .reduce((one, other) -> other)
                .orElseThrow();
    }

    @Test
    void showsTheSessions() {
        Client.Answer answer = client.get(PATH);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
        assertThat(answer.json().size()).isEqualTo(3);
        assertThat(answer.json().get(0)).isEqualTo(Client.json("""
                                {
                                  "id": "17", "client": "198.51.100.7:40001", "listener": "192.0.2.5:6444",
                                  "server": "192.0.2.11:6443", "state": "established",
                                  "startedAt": "2026-11-23T04:08:58.623Z", "ageMs": 61500, "idleMs": 1250,
                                  "bytesIn": 1234, "bytesOut": 5678, "process": null
                                }
                                """));
        assertThat(answer.json().get(1).get("client").stringValue()).isEqualTo("discovery");
        assertThat(answer.json().get(2).get("state").stringValue()).isEqualTo("connecting");
        assertThat(answer.json().get(2).get("server").isNull()).isTrue();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void tellsTheProcessOfAClientOnThisHost() throws Exception {
        try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket socket = new Socket(listening.getInetAddress(), listening.getLocalPort())) {
            SessionInfo known = sessions.sessions.get(0);
            sessions.sessions.set(
                    0,
                    new SessionInfo(
                            "local",
                            null,
                            (InetSocketAddress) socket.getLocalSocketAddress(),
                            (InetSocketAddress) socket.getRemoteSocketAddress(),
                            known.server(),
                            known.phase(),
                            known.age(),
                            known.idle(),
                            0,
                            0));

            // What is found too late for one question is known at the next.
            JsonNode process =
                    await().until(() -> client.get(PATH).json().get(0).get("process"), found -> !found.isNull());

            assertThat(process.get("pid").longValue())
                    .isEqualTo(ProcessHandle.current().pid());
            assertThat(process.get("command").stringValue()).isEqualTo("java");
            assertThat(process.has("containerId")).isTrue();
        }
    }

    @Test
    void showsNoMoreThanAskedFor() {
        assertThat(ids("?limit=2")).containsExactly("17", "discovery-3");
        assertThat(ids("?limit=1000")).hasSize(3);
        IntStream.range(0, 200)
                .mapToObj(i -> FakeSessionControl.session("more" + i, null, 41_000 + i, null))
                .forEach(sessions.sessions::add);
        assertThat(ids("")).hasSize(100);
    }

    @Test
    void showsThoseOfOneServer() {
        assertThat(ids("?server=192.0.2.11:6443")).containsExactly("17");
        assertThat(ids("?server=192.0.2.10")).containsExactly("discovery-3");
        assertThat(ids("?server=192.0.2.99:6443")).isEmpty();
    }

    @Test
    void showsThoseOfAllServersThatANameStandsFor() throws Exception {
        ApiUnderTest.reset(pool, "api.example.com:6443");
        pool.resolved(
                "api.example.com", List.of(InetAddress.getByName("192.0.2.10"), InetAddress.getByName("192.0.2.11")));

        assertThat(ids("?server=api.example.com")).containsExactly("17", "discovery-3");
    }

    @ParameterizedTest
    @ValueSource(strings = {"limit=0", "limit=1001", "limit=-1", "limit=ten", "limit=99999999999", "server=a%20b"})
    void refusesAParameterThatIsInvalid(String parameter) {
        Client.Answer answer = client.get(PATH + "?" + parameter);

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(answer.json().get("detail").stringValue())
                .startsWith(parameter.substring(0, parameter.indexOf('=')));
        assertThat(answer.json().get("errors").size()).isEqualTo(1);
    }

    @Test
    void closesASessionAndTellsWhoWantedIt() {
        Client.Answer answer = client.send("DELETE", PATH + "/17", null);

        assertThat(answer.status()).isEqualTo(204);
        assertThat(answer.header("ETag")).isEqualTo(tag());
        assertThat(ids("")).containsExactly("discovery-3", "16");
        Event event = lastOf(Event.Type.SESSION);
        assertThat(event.actor()).isEqualTo("rest anonymous@127.0.0.1");
        assertThat(event.message()).isEqualTo("the session 17 of the client 198.51.100.7:40001 is closed");
        assertThat(event.server()).isEqualTo(Values.address("192.0.2.11:6443"));
        assertThat(event.before()).isEqualTo("established");
        assertThat(event.after()).isEqualTo("closed");
    }

    private String tag() {
        return "\"" + pool.list().version() + "\"";
    }

    @ParameterizedTest
    @ValueSource(strings = {"/18", "/18?dryRun=true", "/x%20y"})
    void doesNotFindASessionThatIsNotThere(String id) {
        Client.Answer answer = client.send("DELETE", PATH + id, null);

        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(sessions.sessions).hasSize(3);
    }

    @Test
    void onlyTellsWhatItWouldCloseInADryRun() {
        Client.Answer answer = client.send("DELETE", PATH + "/17?dryRun=true", null);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json()).isEqualTo(Client.json("""
                        {"dryRun": true, "changes": ["the session 17 of the client 198.51.100.7:40001 is closed"],
                         "sessionsToClose": 1}
                        """));
        assertThat(sessions.sessions).hasSize(3);
    }

    @Test
    void closesNothingWithAnotherVersionOfTheListThanTheCallerKnows() {
        assertThat(client.send("DELETE", PATH + "/17", null, "If-Match", "\"0\"")
                        .status())
                .isEqualTo(412);
        assertThat(client.send("POST", "/lb/rebalance", null, "If-Match", "\"0\"")
                        .status())
                .isEqualTo(412);
        assertThat(sessions.sessions).hasSize(3);
        assertThat(sessions.rebalanced).isEmpty();
    }

    private Client.Answer rebalance(String query, @Nullable String body) {
        return client.send("POST", "/lb/rebalance" + query, body);
    }

    @Test
    void evensOutAndTellsWhoWantedIt() {
        sessions.surplus = 4;

        Client.Answer answer = rebalance("", "{\"maxPercent\": 25}");

        assertThat(answer.status()).isEqualTo(202);
        assertThat(answer.json()).isEqualTo(Client.json("{\"closing\": 4}"));
        assertThat(answer.header("ETag")).isEqualTo(tag());
        assertThat(sessions.rebalanced).containsExactly(25);
        Event event = lastOf(Event.Type.SESSION);
        assertThat(event.message()).isEqualTo("4 sessions are closed to even out the servers");
        assertThat(event.actor()).isEqualTo("rest anonymous@127.0.0.1");
        assertThat(Objects.requireNonNull(event.before())).contains("192.0.2.10:6443 0, 192.0.2.11:6443 0");
    }

    @Test
    void evensOutATenthUnlessToldOtherwise() {
        assertThat(rebalance("", null).status()).isEqualTo(202);
        assertThat(rebalance("", "{}").status()).isEqualTo(202);

        assertThat(sessions.rebalanced).containsExactly(10, 10);
    }

    @Test
    void onlyTellsHowManyItWouldCloseInADryRun() {
        sessions.surplus = 1;

        Client.Answer answer = rebalance("?dryRun=true", "{\"maxPercent\": 100}");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json()).isEqualTo(Client.json("""
                        {"dryRun": true, "changes": ["1 session is closed to even out the servers"], "sessionsToClose": 1}
                        """));
        assertThat(sessions.rebalanced).isEmpty();
        sessions.surplus = 0;
        assertThat(rebalance("?dryRun=true", null).json().get("changes").size()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "101", "-1", "1.5", "\"10\"", "null", "99999999999"})
    void refusesAPercentageThatIsNone(String percent) {
        Client.Answer answer = rebalance("", "{\"maxPercent\": " + percent + "}");

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.json().get("errors").get(0).get("pointer").stringValue())
                .isEqualTo("/maxPercent");
        assertThat(sessions.rebalanced).isEmpty();
    }

    @Test
    void refusesABodyThatItDoesNotUnderstand() {
        assertThat(rebalance("", "{").status()).isEqualTo(400);
        assertThat(rebalance("", "{\"percent\": 5}").status()).isEqualTo(422);
        assertThat(sessions.rebalanced).isEmpty();
    }
}
