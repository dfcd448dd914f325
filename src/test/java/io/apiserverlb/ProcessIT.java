package io.apiserverlb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.Condition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Start, stop and exit codes of the process. */
class ProcessIT {
    private static final int SIGTERM_EXIT = 143;

    @TempDir
    Path folder;

    static Stream<Arguments> mistakes() {
        return Stream.of(
                Arguments.of(
                        "--lb.polcy=failover", "lb.polcy is no property of this program; the nearest is lb.policy"),
                Arguments.of(
                        "--lb.policy=best",
                        "lb.policy: 'best' is not allowed: it must be one of least-connections, round-robin, random-two,"
                                + " failover, source"),
                Arguments.of(
                        "--lb.check.interval=5",
                        "lb.check.interval: '5' is not allowed: a duration is a whole number with a unit, such as 500ms,"
                                + " 5s or 1m, or 0"),
                Arguments.of("--lb.check.token-file=/nowhere", "lb.check.ca-file"),
                Arguments.of(
                        "--server.address=203.0.113.9",
                        "server.address: '203.0.113.9' is not allowed: it must be an address of this host"),
                Arguments.of(
                        "--server.ssl.bundle=nope",
                        "server.ssl.bundle: 'nope' is not allowed: there is no spring.ssl.bundle.pem.nope"));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void endsWithOneLineForAMistakeInTheConfiguration(String argument, String line) throws Exception {
        try (Service service = Service.start(folder, argument)) {
            assertThat(service.exitCode()).isEqualTo(1);
            assertThat(service.log().lines()).hasSize(1);
            assertThat(service.log()).startsWith(line);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"--lb.name=a", "--check", "--status"})
    void endsWithOneLineForAFileThatIsNoYaml(String argument) throws Exception {
        Files.writeString(folder.resolve("application.yml"), "lb:\n  name: a\n\tpolicy: latency\n");
        try (Service service = Service.start(folder, argument)) {
            assertThat(service.exitCode()).isEqualTo(1);
            assertThat(service.log().lines()).hasSize(1);
            assertThat(service.log()).startsWith("application.yml: line 3, column 1: found character '\\t(TAB)' that");
        }
    }

    @Test
    void namesTheProcessThatHoldsThePortOfActuator() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Service service = Service.start(
                        folder,
                        "--management.server.address=127.0.0.1",
                        "--management.server.port=" + taken.getLocalPort())) {
            assertThat(service.exitCode()).isEqualTo(1);
            assertThat(service.log())
                    .contains("management.server.port: " + taken.getLocalPort() + " is in use already by java (pid "
                            + ProcessHandle.current().pid() + ")")
                    .doesNotContain("\tat ");
        }
    }

    @Test
    void namesTheProcessThatHoldsThePort() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Service service = Service.startWithGiven(
                        folder, "--server.port=0", "--lb.listen=127.0.0.1:" + taken.getLocalPort())) {
            assertThat(service.exitCode()).isEqualTo(1);
            assertThat(service.log())
                    .contains("lb.listen: 127.0.0.1:" + taken.getLocalPort() + " is in use already by java (pid "
                            + ProcessHandle.current().pid() + ")");
            assertThat(service.log().lines().filter(line -> line.contains("\tat ")))
                    .isEmpty();
        }
    }

    @Test
    void startsWithNothingAtAllAndIsNotReady() throws Exception {
        try (Service service = Service.startJar(folder)) {
            assertThat(service.send("GET", "/actuator/health/liveness", "").statusCode())
                    .isEqualTo(200);
            assertThat(service.send("GET", "/actuator/health/readiness", "").statusCode())
                    .isEqualTo(503);
            assertThat(service.get("/lb/servers")).contains("\"servers\":[]");
        }
    }

    @Test
    void printsWhatIsInEffectWithoutStarting() throws Exception {
        try (Service service = Service.start(folder, "--check", "--lb.server-url=https://127.0.0.1:6443")) {
            assertThat(service.exitCode()).isZero();
            assertThat(service.log())
                    .contains("lb.server-url=https://127.0.0.1:6443")
                    .contains("lb.check.interval=3s")
                    .contains("lb.state-file=" + folder.resolve(".apiserver-lb/apiserver.json"));
        }
        try (Service service = Service.start(folder, "--check", "--lb.server-addresses=a b")) {
            assertThat(service.exitCode()).isEqualTo(1);
        }
    }

    @Test
    void printsTheTableOfARunningInstance() throws Exception {
        try (Service running = Service.start(folder, "--lb.server-addresses=127.0.0.9:6443");
                Service status = Service.startWithGiven(folder, "--status", "--server.port=" + running.webPort())) {
            assertThat(status.exitCode()).isZero();
            assertThat(status.log()).contains("127.0.0.9:6443");
        }
    }

    @Test
    void closesTheListenerAtSigtermAndLetsSessionsEndAndTellsTheServiceManager() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                NotifyReceiver manager =
                        NotifyReceiver.at(folder.resolve("notify").toString());
                Service service = Service.start(
                        folder,
                        Map.of("NOTIFY_SOCKET", manager.address(), "WATCHDOG_USEC", "200000"),
                        "--lb.server-addresses=127.0.0.1:" + server.getLocalPort(),
                        "--lb.check.type=tcp",
                        "--lb.shutdown.drain=2s");
                Socket client = new Socket(InetAddress.getLoopbackAddress(), service.port())) {
            service.webPort();
            client.setSoTimeout(10_000);
            await().untilAsserted(() -> assertThat(manager.received())
                    .startsWith("READY=1")
                    .contains("STATUS=1 of 1 servers usable")
                    .doesNotContain("STOPPING=1\nSTATUS=stopping")
                    .areAtLeast(3, new Condition<>("WATCHDOG=1"::equals, "from the watchdog")));

            service.terminate();

            assertThat(client.getInputStream().read()).isEqualTo(-1);
            assertThat(service.exitCode()).isEqualTo(SIGTERM_EXIT);
            assertThat(manager.received()).containsOnlyOnce("STOPPING=1\nSTATUS=stopping", "READY=1");
        }
    }

    @Test
    void endsAtOnceAtASecondSigterm() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                Service service = Service.start(
                        folder,
                        "--lb.server-addresses=127.0.0.1:" + server.getLocalPort(),
                        "--lb.check.type=tcp",
                        "--lb.shutdown.grace=5m")) {
            service.webPort();
            service.terminate();
            await().until(() ->
                    service.send("GET", "/actuator/health/readiness", "").statusCode() == 503);
            assertThat(service.isAlive()).isTrue();

            service.terminate();

            assertThat(service.exitCode()).isEqualTo(SIGTERM_EXIT);
        }
    }

    @Test
    void survivesACorruptStateFile() throws Exception {
        Path file = folder.resolve("state.json");
        Files.writeString(file, "{\"ServerURL\": ");
        try (Service service =
                Service.start(folder, "--lb.state-file=" + file, "--lb.server-addresses=127.0.0.9:6443")) {
            assertThat(service.get("/lb/servers")).contains("127.0.0.9:6443");
            try (Stream<Path> files = Files.list(folder)) {
                assertThat(files).anyMatch(path -> path.getFileName().toString().startsWith("state.json.corrupt-"));
            }
        }
    }
}
