package io.apiserverlb.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.apiserverlb.demo.DemoServer.Mode;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.assertj.MockMvcTester;

class DemoSwitchTest {
    private DemoCluster cluster;
    private MockMvcTester mvc;

    @BeforeEach
    void startCluster() {
        cluster = new DemoCluster(InstantSource.system(), new SecureRandom());
        mvc = MockMvcTester.of(new DemoSwitch(cluster));
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
        assertThat(answer)
                .bodyJson()
                .extractingPath("$.detail")
                .isEqualTo("There is no action '" + action + "'; there are stop, start, freeze, slow, red, green");
    }

    @Test
    void existsWithTheProfileDemoOnly() {
        ApplicationContextRunner application = new ApplicationContextRunner()
                .withBean(DemoCluster.class, () -> cluster)
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
