package io.apiserverlb.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.apiserverlb.demo.DemoServer.Mode;
import io.apiserverlb.pool.CloseReason;
import io.apiserverlb.pool.Events;
import io.apiserverlb.pool.Health;
import io.apiserverlb.pool.Lease;
import io.apiserverlb.pool.ListChange;
import io.apiserverlb.pool.Membership;
import io.apiserverlb.pool.Policy;
import io.apiserverlb.pool.Prefer;
import io.apiserverlb.pool.ServerAddress;
import io.apiserverlb.pool.ServerPool;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.assertj.MockMvcTester;

class DemoSwitchTest {
    private final Events events = new Events(InstantSource.system());
    private final ServerPool pool = new ServerPool(
            new ServerPool.Settings(
                    Policy.LEAST_CONNECTIONS,
                    Prefer.NONE,
                    new Health.Thresholds(2, 3, 1),
                    Duration.ZERO,
                    Duration.ofMinutes(10),
                    "node"),
            new ServerPool.Memory(1, new Membership(List.of(), List.of(), List.of(), Map.of()), Map.of()),
            address -> false,
            ip -> false,
            InstantSource.system(),
            System::nanoTime,
            new Random(1),
            events);
    private DemoCluster cluster;
    private MockMvcTester mvc;

    @BeforeEach
    void startCluster() {
        cluster = new DemoCluster(InstantSource.system(), new SecureRandom());
        mvc = MockMvcTester.of(new DemoSwitch(cluster, pool, events));
    }

    @AfterEach
    void closeCluster() {
        cluster.close();
    }

    @ParameterizedTest
    @CsvSource({"stop,stopped", "start,running", "freeze,frozen", "slow,slow", "red,red", "green,running"})
    void doesToOneServerWhatItIsTold(String action, String mode) {
        DemoServer second = cluster.servers().get(1);

        var answer = mvc.post().uri("/demo/servers/2/" + action).exchange();

        assertThat(answer).hasStatusOk().bodyJson().isStrictlyEqualTo("""
                        {"server": 2, "address": "%s", "mode": "%s"}
                        """.formatted(second.address(), mode));
        assertThat(second.mode()).hasToString(mode.toUpperCase(Locale.ROOT));
        assertThat(cluster.servers().get(0).mode()).isEqualTo(Mode.RUNNING);
        assertThat(cluster.servers().get(2).mode()).isEqualTo(Mode.RUNNING);
    }

    @Test
    void tellsWhoDidWhat() {
        mvc.post()
                .uri("/demo/servers/2/freeze")
                .principal(() -> "rest token@127.0.0.1")
                .exchange();

        assertThat(events.latest()).singleElement().satisfies(event -> {
            assertThat(event.actor()).isEqualTo("rest token@127.0.0.1");
            assertThat(event.server()).hasToString(cluster.addresses().get(1));
            assertThat(event.message()).isEqualTo("the demo server 2 was told to freeze");
            assertThat(event.before()).isEqualTo("running");
            assertThat(event.after()).isEqualTo("frozen");
        });
    }

    @Test
    void onlyTellsWhatItWouldDoInADryRun() {
        ServerAddress first = ServerAddress.parse(cluster.addresses().get(0), 1);
        pool.change(new ListChange.Add(first, null), OptionalLong.empty(), "test");
        Lease session = Objects.requireNonNull(pool.acquire(InetAddress.getLoopbackAddress(), List.of()));
        int before = events.latest().size();

        assertThat(mvc.post().uri("/demo/servers/1/stop?dryRun=true"))
                .hasStatusOk()
                .bodyJson()
                .isStrictlyEqualTo("""
                        {"dryRun": true, "changes": ["the demo server 1, now running, is stopped"], "sessionsToClose": 1}
                        """);
        assertThat(mvc.post().uri("/demo/servers/1/slow?dryRun=true"))
                .bodyJson()
                .extractingPath("$.sessionsToClose")
                .isEqualTo(0);
        assertThat(mvc.post().uri("/demo/servers/1/start?dryRun=true"))
                .bodyJson()
                .extractingPath("$.changes")
                .asArray()
                .isEmpty();

        session.close(CloseReason.CLIENT);
        assertThat(cluster.servers()).extracting(DemoServer::mode).containsOnly(Mode.RUNNING);
        assertThat(events.latest()).hasSize(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"dryRun=yes", "dryRun=", "dryrun=true", "dryRun=true&force=true"})
    void doesNothingWhereADryRunIsMisspelt(String parameters) {
        assertThat(mvc.post().uri("/demo/servers/1/stop?" + parameters))
                .hasStatus(HttpStatus.BAD_REQUEST)
                .hasContentType(MediaType.APPLICATION_PROBLEM_JSON);

        assertThat(cluster.servers().get(0).mode()).isEqualTo(Mode.RUNNING);
    }

    @ParameterizedTest
    @EnumSource
    void knowsWhatEachActionLeadsTo(DemoAction action) {
        DemoServer server = cluster.servers().get(0);
        for (DemoAction first : DemoAction.values()) {
            first.on(server);
            Mode expected = action.after(server.mode());

            action.on(server);

            assertThat(server.mode()).as(first + ", " + action).isEqualTo(expected);
        }
    }

    @Test
    void startsAServerThatWasStopped() {
        cluster.servers().get(0).stop();

        assertThat(mvc.post().uri("/demo/servers/1/start")).hasStatusOk();

        assertThat(cluster.servers().get(0).mode()).isEqualTo(Mode.RUNNING);
    }

    @Test
    void listsTheServers() {
        cluster.servers().get(2).red();

        var answer = mvc.get().uri("/demo/servers").exchange();

        assertThat(answer).hasStatusOk().bodyJson().isStrictlyEqualTo("""
                        [
                          {"server": 1, "address": "%s", "mode": "running"},
                          {"server": 2, "address": "%s", "mode": "running"},
                          {"server": 3, "address": "%s", "mode": "red"}
                        ]
                        """.formatted(
                        cluster.addresses().toArray()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "4", "01", "first"})
    void namesTheServersThereAre(String number) {
        var answer = mvc.post().uri("/demo/servers/" + number + "/stop").exchange();

        assertThat(answer).hasStatus(HttpStatus.NOT_FOUND).hasContentType(MediaType.APPLICATION_PROBLEM_JSON);
        assertThat(answer)
                .bodyJson()
                .extractingPath("$.detail")
                .isEqualTo("There is no demo server '" + number + "'; there are 1, 2, 3");
    }

    @ParameterizedTest
    @ValueSource(strings = {"explode", "STOP"})
    void namesTheActionsThereAre(String action) {
        var answer = mvc.post().uri("/demo/servers/1/" + action).exchange();

        assertThat(answer).hasStatus(HttpStatus.BAD_REQUEST).hasContentType(MediaType.APPLICATION_PROBLEM_JSON);
        String detail = "There is no action '" + action + "'; there are stop, start, freeze, slow, red, green";
        assertThat(answer).bodyJson().extractingPath("$.detail").isEqualTo(detail);
        assertThat(answer)
                .bodyJson()
                .extractingPath("$.errors")
                .isEqualTo(List.of(Map.of("pointer", "", "detail", detail)));
    }

    @Test
    void existsWithTheProfileDemoOnly() {
        ApplicationContextRunner application = new ApplicationContextRunner()
                .withBean(DemoCluster.class, () -> cluster)
                .withBean(ServerPool.class, () -> pool)
                .withBean(Events.class, () -> events)
                .withUserConfiguration(DemoSwitch.class);

        application.run(context -> assertThat(context).doesNotHaveBean(DemoSwitch.class));
        application
                .withPropertyValues("spring.profiles.active=demo")
                .run(context -> assertThat(context).hasSingleBean(DemoSwitch.class));
    }

    @Test
    void hasNoServersWithoutTheProfileDemo() {
        assertThat(MockMvcTester.of(new NoDemo()).get().uri("/demo/servers"))
                .hasStatusOk()
                .bodyJson()
                .isStrictlyEqualTo("[]");
        new ApplicationContextRunner()
                .withUserConfiguration(NoDemo.class)
                .withPropertyValues("spring.profiles.active=demo")
                .run(context -> assertThat(context).doesNotHaveBean(NoDemo.class));
    }
}
