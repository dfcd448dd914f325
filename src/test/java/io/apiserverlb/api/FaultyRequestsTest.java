package io.apiserverlb.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.apiserverlb.pool.ServerPool;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.web.server.LocalServerPort;

@ApiTest
final class FaultyRequestsTest {
    private static final String LIST = "/lb/servers";

    private final int port;
    private final Client client;
    private final ServerPool pool;
    private final FakeDiscovery discovery;

    FaultyRequestsTest(@LocalServerPort int port, ServerPool pool, FakeDiscovery discovery) {
        this.port = port;
        this.discovery = discovery;
        this.client = new Client(port);
        this.pool = pool;
    }

    @BeforeEach
    void resetList() {
        ApiUnderTest.reset(pool, "192.0.2.10:6443");
    }

    private static void assertProblem(Client.Answer answer, int status) {
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(answer.json().get("status").intValue()).isEqualTo(status);
        assertThat(answer.json().get("title").stringValue()).isNotBlank();
        assertThat(answer.json().get("detail").stringValue()).isNotBlank();
        assertThat(answer.json().get("instance").stringValue()).isNotBlank();
        assertThat(answer.json().has("errors")).isEqualTo(status == 400 || status == 422);
    }

    @Test
    void namesEachBadEntryOfAList() {
        Client.Answer answer = client.send("PUT", LIST, """
                {"serverAddresses": ["10.0.0.256", "192.0.2.11", 5, null, "127.0.0.1:6444", "[fe80::1%eth0]:1", "a:0"]}
                """);

        assertProblem(answer, 422);
        assertThat(answer.json()
                        .get("errors")
                        .valueStream()
                        .map(error -> error.get("pointer").stringValue()))
                .containsExactly(
                        "/serverAddresses/0",
                        "/serverAddresses/2",
                        "/serverAddresses/3",
                        "/serverAddresses/4",
                        "/serverAddresses/5",
                        "/serverAddresses/6");
        assertThat(answer.json()
                        .get("errors")
                        .valueStream()
                        .map(error -> error.get("detail").stringValue()))
                .allSatisfy(detail -> assertThat(detail).isNotBlank())
                .contains("127.0.0.1:6444 is this balancer itself, which is no server");
        assertThat(pool.list().membership().managed()).hasToString("[192.0.2.10:6443]");
    }

    @Test
    void refusesAListThatIsTooLong() {
        String addresses =
                IntStream.rangeClosed(0, 1000).mapToObj(i -> "\"a" + i + "\"").collect(Collectors.joining(","));

        Client.Answer answer = client.send("PUT", LIST, "{\"serverAddresses\": [" + addresses + "]}");

        assertProblem(answer, 422);
        assertThat(answer.json().at("/errors/0/pointer").stringValue()).isEqualTo("/serverAddresses");
        assertThat(answer.json().get("detail").stringValue()).contains("1001", "1000");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "PUT   | {\"serverAddresses\": \"192.0.2.11\"}         | /serverAddresses",
                "PUT   | {\"serverAddresses\": null}                   | /serverAddresses",
                "PUT   | {}                                            | /serverAddresses",
                "PUT   | {\"serverAddresses\": [], \"a/b~c\": 1}       | /a~1b~0c",
                "PUT   | [\"192.0.2.11\"]                              | ''",
                "PUT   | \"192.0.2.11\"                                | ''",
                "POST  | {\"weight\": 1}                               | /address",
                "POST  | {\"address\": null}                           | /address",
                "POST  | {\"address\": \"\"}                           | /address",
                "POST  | {\"address\": \"127.0.0.1:6444\"}             | /address",
                "POST  | {\"address\": \"192.0.2.11\", \"weight\": 257}| /weight",
                "POST  | {\"address\": \"192.0.2.11\", \"wait\": 1}    | /wait",
                "PATCH | {}                                            | ''",
                "PATCH | {\"weight\": -1}                              | /weight",
                "PATCH | {\"weight\": 1.5}                             | /weight",
                "PATCH | {\"weight\": \"1\"}                           | /weight",
                "PATCH | {\"weight\": null}                            | /weight",
                "PATCH | {\"weight\": 99999999999999999999}            | /weight",
                "PATCH | {\"weight\": true}                            | /weight",
                "PATCH | {\"admin\": \"READY\"}                        | /admin",
                "PATCH | {\"admin\": \"\"}                             | /admin",
                "PATCH | {\"admin\": 1}                                | /admin",
                "PATCH | {\"admin\": null, \"weight\": 1}              | /admin"
            })
    void namesTheInvalidValue(String method, String body, String pointer) {
        String version = client.get(LIST).header("ETag");

        Client.Answer answer = client.send(method, method.equals("PATCH") ? LIST + "/192.0.2.10" : LIST, body);

        assertProblem(answer, 422);
        assertThat(answer.json().get("errors")).hasSize(1);
        assertThat(answer.json().at("/errors/0/pointer").stringValue()).isEqualTo(pointer);
        assertThat(answer.json().at("/errors/0/detail").stringValue())
                .isEqualTo(answer.json().get("detail").stringValue());
        assertThat(client.get(LIST).header("ETag")).isEqualTo(version);
    }

    @Test
    void namesAllFaultsOfABody() {
        Client.Answer answer = client.send("POST", LIST, "{\"address\": \"a b\", \"weight\": 999, \"x\": 1, \"y\": 1}");

        assertThat(answer.json()
                        .get("errors")
                        .valueStream()
                        .map(error -> error.get("pointer").stringValue()))
                .containsExactlyInAnyOrder("/x", "/y", "/address", "/weight");
        assertThat(answer.json().get("detail").stringValue()).endsWith("(and 3 more: see errors)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "{\"weight\": 1} {}",
                "{\"weight\": 1, \"weight\": 2}",
                "{'weight': 1}",
                "{\"weight\": 1,}",
                "{\"weight\": 01}",
                "/**/{\"weight\": 1}",
                "{\"weight\": NaN}"
            })
    void refusesABodyThatIsNoJson(String body) {
        Client.Answer answer = client.send("PATCH", LIST + "/192.0.2.10", body);

        assertProblem(answer, 400);
        assertThat(answer.json().at("/errors/0/pointer").stringValue()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "application/x-www-form-urlencoded", "application/xml", "nonsense", "*/*"})
    void refusesABodyOfAnotherType(String type) {
        Client.Answer answer = client.send("PUT", LIST, "{\"serverAddresses\": []}", "Content-Type", type);

        assertProblem(answer, 415);
        assertThat(pool.list().membership().managed()).hasSize(1);
    }

    @Test
    void takesJsonWithACharset() {
        Client.Answer answer = client.send(
                "PUT", LIST, "{\"serverAddresses\": []}", "Content-Type", "application/json; charset=utf-8");

        assertThat(answer.status()).isEqualTo(200);
    }

    @Test
    void refusesABodyThatIsTooLong() {
        Client.Answer answer = client.send("PUT", LIST, "{\"serverAddresses\": []" + " ".repeat(1024 * 1024) + "}");

        assertProblem(answer, 413);
    }

    @ParameterizedTest
    @ValueSource(strings = {"*/*", "text/plain", "text/html", "application/xml", "image/png"})
    void describesProblemsWhateverTheCallerWouldRatherHave(String accept) {
        assertProblem(client.get("/lb/nothing", "Accept", accept), 404);
        assertProblem(client.get("/nothing.html", "Accept", accept), 404);
        assertProblem(client.send("DELETE", LIST + "/192.0.2.99", null, "Accept", accept), 404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/error", "/lb/", "/lb/servers/", "/actuator/nothing"})
    void findsNothingWhereNothingIs(String path) {
        assertProblem(client.get(path), 404);
    }

    @ParameterizedTest
    @CsvSource({
        "PUT, /lb, GET",
        "DELETE, /lb/servers, 'GET, POST, PUT'",
        "PUT, /lb/servers/192.0.2.10, 'DELETE, GET, PATCH'"
    })
    void tellsWhichMethodsArePossible(String method, String path, String allowed) {
        Client.Answer answer = client.send(method, path, null);

        assertProblem(answer, 405);
        assertThat(String.valueOf(answer.header("Allow")).split(", ?")).containsExactlyInAnyOrder(allowed.split(", "));
    }

    @Test
    void describesWhatTomcatItselfRefuses() throws Exception {
        RawClient raw = new RawClient(port);

        assertThat(raw.exchange("GET /lb/servers/a%2Fb HTTP/1.1", "Host: localhost"))
                .startsWith("HTTP/1.1 400 ")
                .contains("Content-Type: application/problem+json\r\n", "\"detail\":\"Invalid URI", "\"errors\":");
        assertThat(raw.exchange("GET /l{b HTTP/1.1", "Host: localhost"))
                .startsWith("HTTP/1.1 400 ")
                .contains("Content-Type: application/problem+json\r\n", "\"detail\":\"this is no valid HTTP request\"");
        assertThat(raw.exchange(
                        "PUT /lb/servers HTTP/1.1",
                        "Host: localhost",
                        "Content-Type: application/json",
                        "Transfer-Encoding: chunked",
                        "Connection: close",
                        "",
                        "zz",
                        ""))
                .startsWith("HTTP/1.1 400 ")
                .contains("Content-Type: application/problem+json\r\n", "\"detail\":");
    }

    @Test
    void refusesToEchoRequests() throws Exception {
        assertThat(new RawClient(port).exchange("TRACE /lb HTTP/1.1", "Host: localhost"))
                .startsWith("HTTP/1.1 405 ")
                .contains("Content-Type: application/problem+json\r\n", "\"detail\":\"TRACE method is not allowed\"");
    }

    @Test
    void takesBracketsInAPathAsTheyAre() throws Exception {
        ApiUnderTest.reset(pool, "[2001:db8::1]:6443");

        assertThat(new RawClient(port).exchange("GET /lb/servers/[2001:db8::1]:6443 HTTP/1.1", "Host: localhost"))
                .startsWith("HTTP/1.1 200 ")
                .contains("\"address\":\"[2001:db8::1]:6443\"");
    }

    @Test
    void keepsTheReasonOfItsOwnFailureToTheLog() {
        discovery.broken = true;

        Client.Answer answer = client.get("/lb", "Accept", "text/plain");
        discovery.broken = false;

        assertProblem(answer, 500);
        assertThat(answer.json().get("detail").stringValue()).isEqualTo("this failed; the log says why");
    }

    @Test
    void keepsTheReasonOfAFailureOutsideOfSpringToTheLog() {
        Client.Answer answer = client.get("/lb/failing", "Accept", "text/html");

        assertProblem(answer, 500);
        assertThat(answer.body()).doesNotContain("secret");
    }
}
