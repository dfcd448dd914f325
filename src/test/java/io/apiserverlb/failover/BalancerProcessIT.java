package io.apiserverlb.failover;

import static io.apiserverlb.failover.Report.ms;
import static org.assertj.core.api.Assertions.assertThat;

import io.apiserverlb.Service;
import io.apiserverlb.testing.HeldPort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The balancer itself ends and begins, as the process that it is. */
@Execution(ExecutionMode.CONCURRENT)
class BalancerProcessIT {
    private static final int SIGTERM_EXIT = 143;
    private static final int KEPT = 6;
    private static final int NEW_PER_SECOND = 50;

    @TempDir
    Path folder;

    @Scenario
    void aKilledBalancerGoesOnWhereItWas() throws Exception {
        List<ServerProcess> servers = Fleet.here(3);
        try (HeldPort port = new HeldPort()) {
            InetSocketAddress to = port.socketAddress();
            String before;
            KeptConnections kept;
            NewConnections fresh;
            long killed;
            try (Service service = start(to, servers.subList(0, 2))) {
                String third = servers.get(2).address();
                service.put("/lb/servers", "{\"serverAddresses\":[" + quoted(servers) + "]}");
                service.send(
                        "PATCH", "/lb/servers/" + third, "{\"admin\":\"drain\"}", "Content-Type", "application/json");
                before = lists(service);
                assertThat(before).contains(third + " drain");
                kept = new KeptConnections(to, KEPT);
                fresh = new NewConnections(to, NEW_PER_SECOND);
                Scene.until(kept::allWork);
                Scene.run(Duration.ofSeconds(2));
                killed = System.nanoTime();
            }
            try (Service service = start(to, servers.subList(0, 2))) {
                Duration served = Scene.until(kept::allWork);
                long again = System.nanoTime();
                assertThat(lists(service)).isEqualTo(before);
                Scene.run(Duration.ofSeconds(2));

                Report report = new Report(fresh.stop(), List.of(), kept.stop());
                Figures.note(
                        "balancer killed",
                        "served again after ",
                        ms(served),
                        " ms; ",
                        report,
                        "; then ",
                        report.since(again));
                assertThat(report.requests())
                        .filteredOn(request -> request.end() < killed)
                        .as("requests that failed before")
                        .noneMatch(Request::failed);
                report.since(again).noErrors();
                report.since(again).noCuts();
                report.healedWithin(served.plusSeconds(1));
            }
        } finally {
            giveBack(servers);
        }
    }

    @Scenario
    void sigtermLetsClientsLeave() throws Exception {
        List<ServerProcess> servers = Fleet.here(3);
        Duration grace = Duration.ofSeconds(3);
        try (HeldPort port = new HeldPort()) {
            InetSocketAddress to = port.socketAddress();
            try (Service service = start(to, servers, "--lb.shutdown.grace=3s", "--lb.shutdown.drain=4s")) {
                service.webPort();
                KeptConnections kept = new KeptConnections(to, KEPT);
                NewConnections fresh = new NewConnections(to, NEW_PER_SECOND);
                Scene.until(kept::allWork);
                Scene.run(Duration.ofSeconds(1));
                long asked = System.nanoTime();
                service.terminate();
                assertThat(service.exitCode()).isEqualTo(SIGTERM_EXIT);
                Duration end = Duration.ofNanos(System.nanoTime() - asked);

                Report report = new Report(fresh.stop(), List.of(), kept.stop());
                Report inGrace =
                        report.between(0, asked + grace.minusMillis(200).toNanos());
                Figures.note("SIGTERM", "ended after ", ms(end), " ms; in grace ", inGrace, "; ", report);
                inGrace.noErrors();
                inGrace.noCuts();
                assertThat(report.cuts()).hasSize(KEPT);
                assertThat(report.cuts().stream().mapToLong(Cut::at).max().orElse(0)
                                - report.cuts().stream()
                                        .mapToLong(Cut::at)
                                        .min()
                                        .orElse(0))
                        .as("nanoseconds from the first to the last session's end")
                        .isGreaterThan(Duration.ofSeconds(1).toNanos());
                assertThat(end).isLessThan(Duration.ofSeconds(12));
            }
        } finally {
            giveBack(servers);
        }
    }

    private Service start(InetSocketAddress to, List<ServerProcess> configured, String... more) throws IOException {
        String addresses = configured.stream().map(ServerProcess::address).collect(Collectors.joining(","));
        return Service.startWithGiven(
                folder,
                Stream.concat(
                                Stream.of(
                                        "--server.port=0",
                                        "--lb.listen=127.0.0.1:" + to.getPort(),
                                        "--lb.server-addresses=" + addresses),
                                Stream.of(more))
                        .toArray(String[]::new));
    }

    private static String quoted(List<ServerProcess> servers) {
        return servers.stream().map(server -> "\"" + server.address() + "\"").collect(Collectors.joining(","));
    }

    /** What must not be lost: the list, the admin states, the version. */
    private static String lists(Service service) throws Exception {
        JsonNode all = new JsonMapper().readTree(service.get("/lb/servers"));
        String servers = all.get("servers")
                .valueStream()
                .map(server -> server.get("address").asString() + " "
                        + server.get("admin").asString())
                .collect(Collectors.joining(", "));
        return "version " + all.get("version") + ", " + all.get("serverAddresses") + ", " + servers;
    }

    private static void giveBack(List<ServerProcess> servers) throws IOException {
        for (ServerProcess server : servers) {
            Fleet.giveBack(server);
        }
    }
}
