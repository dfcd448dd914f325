package io.apiserverlb.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.apiserverlb.pool.ServerPool;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;

@ApiTest
final class OpenApiTest {
    private final Client client;
    private final ServerPool pool;
    private final FakeSessionControl sessions;
    private final FakeTrust trust;
    private final JsonNode document;

    OpenApiTest(@LocalServerPort int port, ServerPool pool, FakeSessionControl sessions, FakeTrust trust) {
        this.client = new Client(port);
        this.pool = pool;
        this.sessions = sessions;
        this.trust = trust;
        ApiUnderTest.reset(pool, "192.0.2.10:6443"); // its examples are made of the list, and of the sessions
        sessions.reset();
        sessions.sessions.add(FakeSessionControl.session("1", null, 40_000, "192.0.2.10:6443"));
        this.document = client.get("/v3/api-docs").json();
    }

    @BeforeEach
    void reset() {
        ApiUnderTest.reset(pool);
        sessions.reset();
        sessions.sessions.add(FakeSessionControl.session("1", null, 40_000, "192.0.2.10:6443"));
        trust.listeners = List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 6444));
    }

    private record Operation(String method, String path, JsonNode node) {
        /** The path with the examples of its parameters. */
        String examplePath() {
            String filled = path;
            for (JsonNode parameter : node.path("parameters")) {
                String example = parameter.path("example").asString("");
                filled = filled.replace(
                        "{" + parameter.get("name").stringValue() + "}",
                        URLEncoder.encode(example, StandardCharsets.UTF_8));
            }
            return filled;
        }

        List<String> exampleBodies() {
            List<String> bodies = new ArrayList<>();
            node.at("/requestBody/content/application~1json/examples")
                    .forEach(example -> bodies.add(example.get("value").toString()));
            return bodies;
        }

        /** Those, or an empty one if there is no body. */
        List<String> exampleRequests() {
            List<String> bodies = exampleBodies();
            return bodies.isEmpty() ? List.of("") : bodies;
        }

        /** The examples of its problems by their status. */
        Map<String, JsonNode> problems() {
            Map<String, JsonNode> problems = new TreeMap<>();
            node.get("responses").properties().stream()
                    .filter(response -> !response.getKey().startsWith("2"))
                    .forEach(response -> problems.put(
                            response.getKey(), response.getValue().at("/content/application~1problem+json/example")));
            return problems;
        }

        String id() {
            return node.get("operationId").stringValue();
        }

        boolean changes() {
            return !method.equals("GET");
        }

        @Override
        public String toString() {
            return method + " " + path;
        }
    }

    private Stream<Operation> operations() {
        return operations(document);
    }

    private static Stream<Operation> operations(JsonNode document) {
        return document.get("paths")
                .propertyStream()
                .flatMap(path -> path.getValue()
                        .propertyStream()
                        .map(operation -> new Operation(
                                operation.getKey().toUpperCase(Locale.ROOT), path.getKey(), operation.getValue())));
    }

    private Operation operation(String id) {
        return operations()
                .filter(operation ->
                        operation.node().get("operationId").stringValue().equals(id))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void saysWhatItDescribes() {
        assertThat(document.at("/info/title").stringValue()).isEqualTo("apiserver-lb");
        assertThat(document.at("/info/license/name").stringValue()).isEqualTo("Apache-2.0");
        assertThat(document.at("/info/version").stringValue())
                .isEqualTo(client.get("/lb").json().get("version").stringValue());
    }

    @Test
    void describesEachCall() {
        assertThat(operations().map(Operation::toString))
                .containsExactlyInAnyOrder(
                        "GET /lb",
                        "GET /lb/servers",
                        "PUT /lb/servers",
                        "POST /lb/servers",
                        "GET /lb/servers/{address}",
                        "PATCH /lb/servers/{address}",
                        "DELETE /lb/servers/{address}",
                        "POST /lb/discovery/refresh",
                        "GET /lb/connections",
                        "DELETE /lb/connections/{id}",
                        "POST /lb/rebalance",
                        "GET /lb/events",
                        "GET /lb/live",
                        "GET /lb/why",
                        "GET /lb/kubeconfig");
        assertThat(operations()).allSatisfy(operation -> {
            assertThat(operation.node().path("summary").asString("")).isNotBlank();
            assertThat(operation.node().path("tags")).isNotEmpty();
        });
    }

    @Test
    void describesAllErrorsAsProblems() {
        assertThat(operations())
                .allSatisfy(operation -> assertThat(
                                operation.node().get("responses").propertyStream())
                        .allSatisfy(response -> {
                            assertThat(response.getValue().get("description").stringValue())
                                    .isNotBlank();
                            if (!response.getKey().startsWith("2")) {
                                assertThat(response.getValue()
                                                .at("/content/application~1problem+json/schema/$ref")
                                                .stringValue())
                                        .isEqualTo("#/components/schemas/ProblemDetail");
                            }
                        }));
        assertThat(operation("patchServer").node().get("responses").propertyNames())
                .containsExactly("200", "400", "401", "403", "404", "412", "413", "415", "422");
    }

    @Test
    void describesDryRunsAndVersionsOfChanges() {
        assertThat(operations().filter(operation -> !operation.method().equals("GET")))
                .hasSize(7)
                .allSatisfy(operation -> assertThat(parameters(operation)).contains("dryRun", "If-Match"));
    }

    private static Stream<String> parameters(Operation operation) {
        return operation
                .node()
                .get("parameters")
                .valueStream()
                .map(parameter -> parameter.get("name").stringValue());
    }

    @Test
    void hasExamplesThatWorkAsTheyStand() {
        Map<String, Integer> expected = Map.of("PUT", 200, "POST", 201, "PATCH", 200, "GET", 200, "DELETE", 204);
        // A list has to be filled before there is a server to change.
        List<Operation> inOrder = Stream.of(
                        "summary",
                        "replaceServers",
                        "addServer",
                        "listServers",
                        "getServer",
                        "patchServer",
                        "removeServer",
                        "refreshDiscovery",
                        "listConnections",
                        "closeConnection",
                        "rebalance",
                        "listEvents",
                        "live",
                        "why",
                        "kubeconfig")
                .map(this::operation)
                .toList();

        List<String> tried = new ArrayList<>();
        for (Operation operation : inOrder) {
            List<String> bodies = operation.exampleBodies();
            if (bodies.isEmpty()) {
                boolean endless = operation.path().equals("/lb/live");
                String method = endless ? "HEAD" : operation.method();
                Client.Answer answer = client.send(method, operation.examplePath(), null);
                assertThat(answer.status()).as(operation.toString()).isEqualTo(status(operation, expected));
            }
            for (String body : bodies) {
                Client.Answer answer = client.send(operation.method(), operation.examplePath(), body);
                assertThat(answer.status()).as(operation + " " + body).isEqualTo(status(operation, expected));
                tried.add(operation.toString());
            }
        }

        assertThat(inOrder).hasSameSizeAs(operations().toList());
        assertThat(tried.stream().collect(Collectors.groupingBy(name -> name, Collectors.counting())))
                .isEqualTo(Map.of(
                        "PUT /lb/servers",
                        2L,
                        "POST /lb/servers",
                        3L,
                        "PATCH /lb/servers/{address}",
                        3L,
                        "POST /lb/rebalance",
                        2L));
    }

    @Test
    void acceptsEachExampleOfAChangeInADryRun() {
        ApiUnderTest.reset(pool, "192.0.2.30:6443", "192.0.2.10:6443");
        JsonNode described = client.get("/v3/api-docs").json();
        ApiUnderTest.reset(pool, "192.0.2.30:6443");
        long version = pool.list().version();

        List<String> tried = new ArrayList<>();
        for (Operation operation :
                operations(described).filter(Operation::changes).toList()) {
            for (String body : operation.exampleRequests()) {
                Client.Answer answer = client.send(
                        operation.method(), operation.examplePath() + "?dryRun=true", body.isEmpty() ? null : body);

                assertThat(answer.status()).as(operation + " " + body).isEqualTo(200);
                assertThat(operation.node().get("responses").has("200"))
                        .as(operation.toString())
                        .isTrue();
                assertThat(answer.json().get("dryRun").booleanValue()).isTrue();
                tried.add(operation.toString());
            }
        }

        assertThat(tried).hasSize(13);
        assertThat(pool.list().version()).isEqualTo(version);
        assertThat(sessions.sessions).hasSize(1);
    }

    @Test
    void answersEachRequestThatChangesNothing() {
        ApiUnderTest.reset(pool, "192.0.2.10:6443");

        assertThat(operations().filter(operation -> !operation.changes()))
                .hasSize(8)
                .allSatisfy(operation -> {
                    // A head is all that an answer without end has.
                    String method = operation.id().equals("live") ? "HEAD" : "GET";
                    Client.Answer answer = client.send(method, operation.examplePath(), null);
                    assertThat(answer.status()).isEqualTo(200);
                    assertThat(operation.node().at("/responses/200/content").propertyNames())
                            .contains(String.valueOf(answer.header("Content-Type"))
                                    .split(";", 2)[0]);
                });
    }

    /** Requests that are answered as the examples of problems say, by the operation and the status: path, and body if there is one. */
    private static final Map<String, List<String>> FAULTY = Map.ofEntries(
            Map.entry("getServer 400", List.of("/lb/servers/192.0.2.99:x")),
            Map.entry("getServer 404", List.of("/lb/servers/192.0.2.99:6443")),
            Map.entry("patchServer 404", List.of("/lb/servers/192.0.2.99:6443", "{\"weight\": 1}")),
            Map.entry("removeServer 404", List.of("/lb/servers/192.0.2.99:6443")),
            Map.entry("addServer 409", List.of("/lb/servers", "{\"address\": \"192.0.2.10:6443\"}")),
            Map.entry("removeServer 409", List.of("/lb/servers/" + ApiUnderTest.DISCOVERED)),
            Map.entry("replaceServers 422", List.of("/lb/servers", "{\"serverAddresses\": [\"10.0.0.256:6443\"]}")),
            Map.entry("addServer 422", List.of("/lb/servers", "{\"address\": \"192.0.2.10:6443\", \"weight\": 300}")),
            Map.entry("patchServer 422", List.of("/lb/servers/192.0.2.10:6443", "{\"weight\": 300}")),
            Map.entry("listConnections 422", List.of("/lb/connections?limit=0")),
            Map.entry("closeConnection 404", List.of("/lb/connections/99")),
            Map.entry("rebalance 422", List.of("/lb/rebalance", "{\"maxPercent\": 0}")),
            Map.entry("why 422", List.of("/lb/why?client=localhost")));

    @Test
    void answersWithTheProblemsThatItShows() {
        ApiUnderTest.reset(pool, "192.0.2.10:6443");
        String longBody = "{\"a\": \"" + "a".repeat(1_100_000) + "\"}";
        List<String> left = new ArrayList<>();
        SoftAssertions softly = new SoftAssertions();
        for (Operation operation : operations().toList()) {
            String path = operation.examplePath();
            String example = operation.exampleRequests().get(0);
            String body = example.isEmpty() ? null : example;
            for (Map.Entry<String, JsonNode> problem : operation.problems().entrySet()) {
                List<String> faulty = FAULTY.get(operation.id() + " " + problem.getKey());
                Client.Answer answer = faulty != null
                        ? client.send(operation.method(), faulty.get(0), faulty.size() == 1 ? null : faulty.get(1))
                        : switch (problem.getKey()) {
                            case "400" -> client.send(operation.method(), path + "?dryRun=yes", body);
                            case "403" -> client.send(operation.method(), path, body, "Sec-Fetch-Site", "cross-site");
                            case "412" -> client.send(operation.method(), path, body, "If-Match", "\"0\"");
                            case "413" -> client.send(operation.method(), path, longBody);
                            case "415" -> client.send(operation.method(), path, "a", "Content-Type", "text/plain");
                            default -> null; // takes another application, or more than a request
                        };
                String what = operation.id() + " " + problem.getKey();
                if (answer == null) {
                    left.add(what);
                } else {
                    softly.assertThat(answer.status()).as(what).isEqualTo(Integer.parseInt(problem.getKey()));
                    softly.assertThat(comparable(answer.json())).as(what).isEqualTo(comparable(problem.getValue()));
                }
            }
        }
        softly.assertAll();
        assertThat(left.stream().filter(what -> !what.endsWith(" 401")))
                .containsExactlyInAnyOrder("refreshDiscovery 409", "listEvents 503", "live 503", "kubeconfig 503");
    }

    /** Without the path, which may be written in several ways, and the version of the list. */
    private static JsonNode comparable(JsonNode problem) {
        return Client.json(problem.toString()
                .replaceAll("\"instance\":\"[^\"]*\"", "\"instance\":\"\"")
                .replaceAll("at version \\d+", ""));
    }

    @Test
    void showsAnExampleOfEachProblem() {
        assertThat(operations())
                .allSatisfy(operation -> assertThat(operation.problems()).allSatisfy((status, problem) -> {
                    assertThat(problem.path("status").asString()).isEqualTo(status);
                    assertThat(problem.path("title").stringValue()).isNotBlank();
                    assertThat(problem.path("detail").stringValue()).isNotBlank();
                    assertThat(problem.path("instance").stringValue())
                            .startsWith(operation.path().split("[{]", 2)[0])
                            .doesNotContain("{");
                    assertThat(problem.has("errors")).isEqualTo(status.equals("400") || status.equals("422"));
                }));
    }

    /** What is only begun is accepted. */
    private static Integer status(Operation operation, Map<String, Integer> expected) {
        boolean begun =
                operation.path().endsWith("/refresh") || operation.path().endsWith("/rebalance");
        return begun ? Integer.valueOf(202) : Objects.requireNonNull(expected.get(operation.method()));
    }

    @Test
    void saysWhatIsHeldToTheRuleOfChanges() {
        assertThat(operations()
                        .filter(operation -> operation.method().equals("GET")
                                && operation.node().get("responses").has("401"))
                        .map(Operation::path))
                .containsExactlyInAnyOrder("/lb/connections", "/lb/events", "/lb/why");
    }

    @Test
    void tellsWhatIsAlwaysThereAndWhatMayBeNull() {
        ApiUnderTest.reset(pool, "192.0.2.10:6443");

        assertFits(client.get("/lb").json(), document.at("/components/schemas/Summary"));
        assertFits(client.get("/lb/servers").json(), document.at("/components/schemas/ServerList"));
        assertFits(client.get("/lb/servers/192.0.2.10").json(), document.at("/components/schemas/Server"));
        assertFits(
                client.send("DELETE", "/lb/servers/192.0.2.10?dryRun=true", null)
                        .json(),
                document.at("/components/schemas/DryRun"));
        assertFits(client.get("/lb/connections").json().get(0), document.at("/components/schemas/Connection"));
        assertFits(client.get("/lb/events").json().get(0), document.at("/components/schemas/Event"));
        JsonNode why = client.get("/lb/why").json();
        assertFits(why, document.at("/components/schemas/Why"));
        assertFits(why.get("candidates").get(0), document.at("/components/schemas/Candidate"));
        assertFits(why.get("leftOut").get(0), document.at("/components/schemas/LeftOut"));
        assertFits(client.send("POST", "/lb/rebalance", null).json(), document.at("/components/schemas/Rebalance"));
    }

    /** Whether an object has just the properties of its schema, those that are null being allowed to be. */
    private static void assertFits(JsonNode object, JsonNode schema) {
        List<String> names =
                schema.get("required").valueStream().map(JsonNode::stringValue).toList();

        assertThat(object.propertyNames()).containsExactlyInAnyOrderElementsOf(names);
        assertThat(schema.get("properties").propertyNames()).containsExactlyInAnyOrderElementsOf(names);
        object.properties().stream()
                .filter(property -> property.getValue().isNull())
                .forEach(property -> assertThat(
                                schema.get("properties").get(property.getKey()).toString())
                        .as(property.getKey())
                        .contains("\"null\""));
    }

    @Test
    void canBeTriedOutInABrowser() {
        Client.Answer answer = client.get("/swagger-ui.html");

        assertThat(answer.status()).isEqualTo(302);
        assertThat(client.get(String.valueOf(answer.header("Location"))).body()).contains("Swagger UI");
    }
}
