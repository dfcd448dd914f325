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
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
        ApiUnderTest.reset(pool, "192.0.2.10:6443"); // its examples are made of the list
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

        @Override
        public String toString() {
            return method + " " + path;
        }
    }

    private Stream<Operation> operations() {
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
