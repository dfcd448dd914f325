package io.apiserverlb.failover;

import static io.apiserverlb.failover.Report.ms;
import static org.assertj.core.api.Assertions.assertThat;

import io.apiserverlb.Service;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The balancer's process stands still for longer than each of its time limits, and goes on, as with a machine that sleeps. */
@Execution(ExecutionMode.CONCURRENT)
class SuspendedIT {
    private static final Duration SUSPENDED = Duration.ofSeconds(4);

    private static final int KEPT = 6;
    private static final int NEW_PER_SECOND = 20;

    @TempDir
    Path folder;

    @Scenario
    void aBalancerThatStoodStillTakesNoServerDownAndCutsNoSession() throws Exception {
        List<ServerProcess> servers = Fleet.here(3);
        try (Service service = Service.start(
                folder,
                "--lb.server-addresses="
                        + servers.stream().map(ServerProcess::address).collect(Collectors.joining(",")),
                "--lb.tcp.user-timeout=3s",
                "--lb.connect.timeout=1s")) {
            InetSocketAddress to = new InetSocketAddress(InetAddress.getLoopbackAddress(), service.port());
            service.webPort();
            KeptConnections kept = new KeptConnections(to, KEPT);
            NewConnections fresh = new NewConnections(to, NEW_PER_SECOND);
            Scene.until(kept::allWork);
            Scene.run(Duration.ofMillis(500));

            service.signal("STOP");
            Scene.run(SUSPENDED);
            service.signal("CONT");
            Duration served = Scene.until(kept::allWork);
            Scene.run(Duration.ofSeconds(2));

            Report report = new Report(fresh.stop(), List.of(), kept.stop());
            Figures.note("balancer stood still", "served again after ", ms(served), " ms; ", report);
            report.noErrors();
            report.noCuts();
            assertThat(service.log().lines().filter(line -> line.contains(" is down")))
                    .isEmpty();
            assertThat(service.get("/lb/servers")).doesNotContain("\"state\":\"down\"");
        } finally {
            for (ServerProcess server : servers) {
                Fleet.giveBack(server);
            }
        }
    }
}
