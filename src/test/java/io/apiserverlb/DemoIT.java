package io.apiserverlb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What README promises of the demo. */
class DemoIT {
    private static final Pattern SERVER = Pattern.compile("\"demoServer\" ?: ?(\\d)");
    private static final Duration DETECTION = Duration.ofSeconds(10);

    @TempDir
    Path folder;

    @Test
    void answersFromAllServersAndHidesTheDeathOfOneFromEveryClient() throws Exception {
        Client.require("curl");
        try (Service service = Service.start(folder, "--spring.profiles.active=demo")) {
            assertThat(answering(service, 6)).isEqualTo(Set.of(1, 2, 3));
            assertThat(service.get("/lb", "Accept", "text/plain"))
                    .contains("apiserver")
                    .contains("up");

            assertThat(service.send("POST", "/demo/servers/1/stop?dryRun=true", "")
                            .body())
                    .contains("\"dryRun\":true", "the demo server 1, now running, is stopped");
            assertThat(answering(service, 6)).isEqualTo(Set.of(1, 2, 3));
            assertShowsAnExampleOfEachProblem(service.get("/v3/api-docs"));

            assertThat(service.send("POST", "/demo/servers/1/stop", "").statusCode())
                    .isEqualTo(200);
            assertThat(service.get("/lb/events")).contains("the demo server 1 was told to stop");
            Set<Integer> left = answering(service, 20);

            assertThat(left).isEqualTo(Set.of(2, 3));
            await().atMost(DETECTION).until(() -> service.get("/lb/servers").contains("\"state\":\"down\""));
            assertThat(service.get("/actuator/health")).contains("DEGRADED").contains("UNREACHABLE");
            assertThat(answering(service, 6)).isEqualTo(Set.of(2, 3));

            service.send("POST", "/demo/servers/1/start", "");
            await().atMost(DETECTION).until(() -> !service.get("/lb/servers").contains("\"usable\":false"));
            assertThat(service.get("/actuator/prometheus")).contains("apiserver_lb_server_up{");
        }
    }

    private static void assertShowsAnExampleOfEachProblem(String document) {
        JsonNode paths = new JsonMapper().readTree(document).get("paths");
        assertThat(paths.propertyNames()).contains("/lb/servers", "/demo/servers/{server}/{action}");
        for (Map.Entry<String, JsonNode> path : paths.properties()) {
            for (JsonNode operation : path.getValue()) {
                for (Map.Entry<String, JsonNode> answer :
                        operation.get("responses").properties()) {
                    JsonNode problem = answer.getValue().at("/content/application~1problem+json");
                    assertThat(answer.getKey().startsWith("2") || problem.has("example") || problem.has("examples"))
                            .as(path.getKey() + " " + answer.getKey())
                            .isTrue();
                }
            }
        }
    }

    /** The numbers of the servers that answer so many requests, each on a connection of its own; none of them fails. */
    private Set<Integer> answering(Service service, int requests) throws Exception {
        Set<Integer> servers = new TreeSet<>();
        for (int i = 0; i < requests; i++) {
            Client.Result result =
                    Client.run(folder, Map.of(), "curl", "-sSk", "https://127.0.0.1:" + service.port() + "/version");
            assertThat(result.exitCode()).as(result.output()).isZero();
            Matcher matcher = SERVER.matcher(result.output());
            assertThat(matcher.find()).as(result.output()).isTrue();
            servers.add(Integer.parseInt(matcher.group(1)));
        }
        return servers;
    }
}
