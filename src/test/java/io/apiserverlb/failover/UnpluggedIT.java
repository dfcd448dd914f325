package io.apiserverlb.failover;

import static io.apiserverlb.failover.Report.ms;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.Socket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A server's cable is taken out in mid-session: no packet comes back, and nobody says so. */
@Execution(ExecutionMode.CONCURRENT)
class UnpluggedIT {
    @Scenario
    void clientsGoOnElsewhere() throws Exception {
        VanishedHost.costsNewClientsARivalsTime("unplugged", Namespace::unplug);
    }

    /** With another server to go to they would be closed before, since the server is down. */
    @Scenario
    void idleSessionsWithTheOnlyServerEndByKeepAlive() throws Exception {
        try (Scene scene = Scene.withOneElsewhere(0).newPerSecond(0).start();
                Socket idle = new Socket(scene.to().getAddress(), scene.to().getPort())) {
            Scene.until(() -> scene.seen(scene.server(1)).load().active()
                    > scene.kept().servers().size());
            idle.setSoTimeout(40_000);
            scene.server(1).namespace().unplug();
            Duration end = Scene.until(() -> ended(scene, idle));

            Figures.note("unplugged, idle session", "ended after ", ms(end), " ms: ", logged(scene, idle));
            assertThat(end).isLessThan(Duration.ofSeconds(26));
            assertThat(logged(scene, idle))
                    .hasSize(1)
                    .allMatch(line -> line.contains(" sD "), "says that the server was silent for too long");
        }
    }

    private static boolean ended(Scene scene, Socket client) {
        return !logged(scene, client).isEmpty();
    }

    private static List<String> logged(Scene scene, Socket client) {
        String address = "127.0.0.1:" + client.getLocalPort() + " ";
        return scene.balancer().sessionLog().stream()
                .filter(line -> line.startsWith(address))
                .toList();
    }
}
