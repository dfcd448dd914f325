package io.apiserverlb.actuate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apiserverlb.pool.AdminState;
import io.apiserverlb.pool.Certificate;
import io.apiserverlb.pool.DiscoveryStatus;
import io.apiserverlb.pool.ListChange;
import io.apiserverlb.pool.ServerPool;
import io.apiserverlb.pool.SessionView;
import io.apiserverlb.pool.StateStatus;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.security.autoconfigure.actuate.web.servlet.ManagementWebSecurityAutoConfiguration;
import org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Health and metrics as a client of Actuator sees them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ActuatorTest {
    private static final String ONE = "192.168.1.229:6443";
    private static final String TWO = "192.168.1.63:6443";

    @TempDir
    Path folder;

    private final ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
            .run(
                    "--spring.main.banner-mode=off",
                    "--server.address=127.0.0.1",
                    "--server.port=0",
                    "--springdoc.api-docs.enabled=false",
                    "--springdoc.swagger-ui.enabled=false",
                    "--management.endpoints.web.exposure.include=health,prometheus",
                    "--management.health.defaults.enabled=false",
                    "--management.endpoint.health.show-details=always",
                    "--management.endpoint.health.group.liveness.include=livenessState,eventLoops",
                    "--management.endpoint.health.group.readiness.include=readinessState,serving");
    private final Application application = context.getBean(Application.class);
    private final TestPool servers = application.servers;
    private final FakeSessions sessions = application.sessions;
    private final HttpClient client = HttpClient.newHttpClient();

    /** Not a {@code @Configuration}, which would be found by whoever scans this package. */
    @EnableAutoConfiguration(
            exclude = {ServletWebSecurityAutoConfiguration.class, ManagementWebSecurityAutoConfiguration.class})
    @Import(ActuateConfiguration.class)
    static class Application {
        private final TestPool servers = TestPool.of();
        private final FakeSessions sessions = new FakeSessions();
        private volatile Duration sinceLastTurn = Duration.ofSeconds(1);
        private volatile StateStatus state = new StateStatus("/s.json", null, null, 0, 0);
        private volatile DiscoveryStatus discovery = new DiscoveryStatus("none", null, null);

        @Bean
        ServerPool pool() {
            return servers.pool;
        }

        @Bean
        SessionView sessions() {
            return sessions;
        }

        @Bean
        Liveness liveness() {
            return () -> sinceLastTurn;
        }

        @Bean
        Supplier<StateStatus> state() {
            return () -> state;
        }

        @Bean
        Supplier<DiscoveryStatus> discovery() {
            return () -> discovery;
        }

        @Bean
        MetricsSettings metricsSettings() {
            return new MetricsSettings("test", false);
        }
    }

    @BeforeEach
    void everythingWorks() {
        servers.replace();
        servers.replace(ONE, TWO);
        servers.passes(ONE, TWO);
        sessions.listening = true;
        application.sinceLastTurn = Duration.ofSeconds(1);
        application.state = new StateStatus("/s.json", null, null, 0, 0);
        application.discovery = new DiscoveryStatus("none", null, null);
    }

    @AfterAll
    void close() {
        context.close();
    }

    @Test
    void isUpWithAnEntryPerServer() {
        Health health = health("");

        assertThat(health.code).isEqualTo(200);
        assertThat(health.status()).isEqualTo("UP");
        JsonNode apiServers = health.json.at("/components/apiServers");
        assertThat(apiServers.get("status").asString()).isEqualTo("UP");
        assertThat(apiServers.get("components").propertyNames()).containsExactly(ONE, TWO);
        assertThat(apiServers.get("components").get(ONE))
                .isEqualTo(json("""
                        {"status": "UP", "details": {"state": "up", "usable": true, "role": "primary", "check": "L7OK",
                        "since": "%s"}}""".formatted(servers.server(ONE).since())));
    }

    @Test
    void isDegradedAndStill200WithOneServerDown() {
        servers.goesDown(ONE);

        Health health = health("");

        assertThat(health.code).isEqualTo(200);
        assertThat(health.status()).isEqualTo("DEGRADED");
        JsonNode apiServers = health.json.at("/components/apiServers");
        assertThat(apiServers.get("status").asString()).isEqualTo("DEGRADED");
        JsonNode entry = apiServers.get("components").get(ONE);
        assertThat(entry.get("status").asString()).isEqualTo("UNREACHABLE");
        assertThat(entry.at("/details/state").asString()).isEqualTo("down");
        assertThat(entry.at("/details/check").asString()).isEqualTo("L4CON");
        assertThat(entry.at("/details/reason").asString()).isEqualTo("L4CON said so");
        assertThat(health("/apiServers").code).isEqualTo(200);
    }

    @Test
    void isDownAnd503WithEveryServerDown() {
        servers.goesDown(ONE, TWO);

        assertThat(health("").code).isEqualTo(503);
        assertThat(health("").status()).isEqualTo("DOWN");
        assertThat(health("/apiServers").code).isEqualTo(503);
        assertThat(health("/apiServers").status()).isEqualTo("DOWN");
    }

    @Test
    void isDownAndNotMissingWithAnEmptyList() {
        servers.replace();

        assertThat(health("").code).isEqualTo(503);
        assertThat(health("/apiServers").code).isEqualTo(503);
        assertThat(health("/apiServers").status()).isEqualTo("DOWN");
    }

    @Test
    void staysUpWithAServerInMaintenance() {
        servers.change(new ListChange.Patch(TestPool.address(ONE), AdminState.MAINT, null));

        Health health = health("");

        servers.change(new ListChange.Patch(TestPool.address(ONE), AdminState.READY, null));
        assertThat(health.code).isEqualTo(200);
        assertThat(health.status()).isEqualTo("UP");
        assertThat(health.json.at("/components/apiServers/status").asString()).isEqualTo("UP");
        assertThat(health.json
                        .at("/components/apiServers/components")
                        .get(ONE)
                        .get("status")
                        .asString())
                .isEqualTo("OUT_OF_SERVICE");
    }

    @Test
    void showsOneServerByItsAddress() {
        servers.replace(ONE, "[2001:db8::1]:6443");
        servers.goesDown(ONE);

        assertThat(health("/apiServers/%5B2001:db8::1%5D:6443").code).isEqualTo(200);
        assertThat(health("/apiServers/%5B2001:db8::1%5D:6443")
                        .json
                        .at("/details/state")
                        .asString())
                .isEqualTo("unchecked");
        assertThat(health("/apiServers/" + ONE).status()).isEqualTo("UNREACHABLE");
        assertThat(health("/apiServers/" + ONE).code).isEqualTo(503);
        assertThat(health("/apiServers/192.168.1.1:6443").code).isEqualTo(404);
    }

    @Test
    void isDegradedWhileTheStateFileCannotBeWritten() {
        assertThat(health("/stateFile").status()).isEqualTo("UP");

        application.state =
                new StateStatus("/s.json", Instant.parse("2026-11-23T04:00:00Z"), "no space left on device", 1, 1);

        assertThat(health("/stateFile").code).isEqualTo(200);
        assertThat(health("/stateFile").json).isEqualTo(json("""
                        {"status": "DEGRADED", "details": {"path": "/s.json", "lastWritten": "2026-11-23T04:00:00Z",
                        "error": "no space left on device"}}"""));
        assertThat(health("").status()).isEqualTo("DEGRADED");
        assertThat(health("").code).isEqualTo(200);
    }

    @Test
    void isDegradedWhileDiscoveryFails() {
        assertThat(health("/discovery").json)
                .isEqualTo(json("{\"status\": \"UP\", \"details\": {\"kind\": \"none\"}}"));

        application.discovery = new DiscoveryStatus("k3s", Instant.parse("2026-11-23T04:00:00Z"), "401");

        assertThat(health("/discovery").json).isEqualTo(json("""
                        {"status": "DEGRADED", "details": {"kind": "k3s", "lastSuccess": "2026-11-23T04:00:00Z",
                        "error": "401"}}"""));
        assertThat(health("").status()).isEqualTo("DEGRADED");
    }

    @Test
    void livesWhateverTheServersDoAsLongAsEventLoopsTurn() {
        servers.replace();
        sessions.listening = false;
        assertThat(health("/liveness").code).isEqualTo(200);
        assertThat(health("/liveness").status()).isEqualTo("UP");

        application.sinceLastTurn = Duration.ofMillis(29_999);
        assertThat(health("/liveness").code).isEqualTo(200);

        application.sinceLastTurn = Duration.ofSeconds(30);
        assertThat(health("/liveness").code).isEqualTo(503);
        assertThat(health("/liveness")
                        .json
                        .at("/components/eventLoops/details/sinceLastTurnMs")
                        .asInt())
                .isEqualTo(30_000);
    }

    @Test
    void isReadyWithOneUsableServer() {
        servers.goesDown(ONE);

        assertThat(health("/readiness").code).isEqualTo(200);
        assertThat(health("/readiness").status()).isEqualTo("UP");
    }

    @Test
    void isNotReadyWithoutListenerOrServerAndSaysWhatIsMissing() {
        servers.replace();
        sessions.listening = false;

        Health readiness = health("/readiness");

        assertThat(readiness.code).isEqualTo(503);
        assertThat(readiness.json.at("/components/serving/details")).isEqualTo(json("""
                        {"missing": ["an open listener", "a usable server"], "mode": "last-resort", "usable": 0,
                        "total": 0}"""));
    }

    @Test
    void isNotReadyFromTheBeginningOfTheShutdown() {
        AvailabilityChangeEvent.publish(context, ReadinessState.REFUSING_TRAFFIC);

        Health readiness = health("/readiness");
        Health liveness = health("/liveness");

        AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
        assertThat(readiness.code).isEqualTo(503);
        assertThat(liveness.code).isEqualTo(200);
    }

    @Test
    void showsExactlyTheMetricsThatAreDocumented() throws Exception {
        Collection<MetricFamily> documented = MetricFamily.documented(Files.readString(MonitoringFiles.PAGE));

        Scrape scrape = fullScrape();

        assertThat(MetricFamily.scraped(scrape)).containsExactlyInAnyOrderElementsOf(documented);
        List<String> lines = scrape.text().lines().toList();
        assertThat(lines)
                .filteredOn(line -> line.startsWith("# HELP apiserver_lb_"))
                .hasSameSizeAs(documented)
                .allMatch(line -> line.matches("# HELP \\S+ [A-Z1].+\\."));
        assertThat(lines)
                .filteredOn(line -> line.startsWith("apiserver_lb_"))
                .allMatch(line -> line.contains("lb=\"test\""));
    }

    @Test
    void leavesPrometheusNothingToObjectTo() throws Exception {
        Promtool.accepts(
                Files.writeString(folder.resolve("scrape"), fullScrape().text()), "check", "metrics");
    }

    @Test
    void hasAllThatAlertsAndDashboardAskFor() throws Exception {
        Set<String> names = fullScrape().series().keySet().stream()
                .map(series -> series.substring(0, series.indexOf('{')))
                .collect(Collectors.toSet());

        assertThat(names).containsAll(MonitoringFiles.metrics());
    }

    /** What this product shows, with a server that has shown its certificate. */
    private Scrape fullScrape() {
        servers.shows(ONE, Certificate.Identity.VERIFIED, TestPool.START);
        return await().until(
                        () -> new Scrape(get("/actuator/prometheus")
                                .body()
                                .lines()
                                .filter(line -> line.matches("(# (HELP|TYPE) )?apiserver_lb_.*"))
                                .collect(Collectors.joining("\n", "", "\n"))),
                        scrape -> scrape.text().contains("apiserver_lb_certificate_not_after_timestamp_seconds{"));
    }

    @Test
    void showsTheSeriesOfTheServersInTheList() {
        servers.replace("[2001:db8::1]:6443");

        await().untilAsserted(() -> {
            Scrape scrape = new Scrape(get("/actuator/prometheus").body());
            assertThat(scrape.text())
                    .contains("apiserver_lb_server_up{lb=\"test\",server=\"[2001:db8::1]:6443\"} 1.0\n")
                    .doesNotContain(ONE);
        });
    }

    @Test
    void leavesTheApplicationItsOwnExecutor() {
        assertThat(context.getBean(Executor.class)).isSameAs(context.getBean("applicationTaskExecutor"));
    }

    private record Health(int code, JsonNode json) {
        String status() {
            return json.get("status").asString();
        }
    }

    private Health health(String path) {
        HttpResponse<String> response = get("/actuator/health" + path);
        return new Health(response.statusCode(), json(response.body()));
    }

    private static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text);
    }

    private HttpResponse<String> get(String path) {
        String port = context.getEnvironment().getRequiredProperty("local.server.port");
        try {
            return client.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
