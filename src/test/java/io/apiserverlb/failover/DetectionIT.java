package io.apiserverlb.failover;

import static io.apiserverlb.failover.Report.ms;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** How soon a server in trouble gets no new sessions, by default properties. */
@Execution(ExecutionMode.CONCURRENT)
class DetectionIT {
    // By the defaults a server that is well is checked again after 3.3 s at the latest, and one in doubt
    // after 1.1 s, or when the check before has had its 1.5 s. There are no clients to tell how slow the
    // machine is, so that it gets at least half as much again.

    /** Three checks that are refused: 3.3 + 1.1 + 1.1 s. */
    private static final Duration REFUSED = Duration.ofSeconds(9);
    /** Three checks that are not answered: 3.3 + 1.5 + 1.5 + 1.5 s. */
    private static final Duration UNANSWERED = Duration.ofSeconds(12);
    /** One answer is enough: 3.3 s. */
    private static final Duration RED = Duration.ofSeconds(6);

    /** A fault of one server. */
    private interface Fault {
        void befall(ServerProcess server) throws IOException;
    }

    @Scenario
    void refusedWithoutTraffic() throws Exception {
        withoutTraffic("refused", Scene.here(2), ServerProcess::kill, REFUSED);
    }

    @Scenario
    void frozenWithoutTraffic() throws Exception {
        withoutTraffic("frozen", Scene.here(2), ServerProcess::freeze, UNANSWERED);
    }

    @Scenario
    void blackHoleWithoutTraffic() throws Exception {
        withoutTraffic(
                "black hole",
                Scene.withOneElsewhere(1),
                server -> server.namespace().dropIncoming(),
                UNANSWERED);
    }

    @Scenario
    void redWithSessionsKept() throws Exception {
        try (Scene scene = Scene.here(2).newPerSecond(0).start()) {
            ServerProcess red = scene.server(1);
            red.red();
            Duration detection = scene.untilUnusable(red);

            Figures.note("detection red", ms(detection), " ms");
            assertThat(detection).isLessThan(RED);
            scene.end().noCuts();
        }
    }

    @Scenario
    void refusedWithTenClientsPerSecond() throws Exception {
        withFewClients("refused", ServerProcess::kill);
    }

    @Scenario
    void frozenWithTenClientsPerSecond() throws Exception {
        withFewClients("frozen", ServerProcess::freeze);
    }

    private static void withoutTraffic(String name, Scene.Setting setting, Fault fault, Duration limit)
            throws IOException {
        try (Scene scene = setting.newPerSecond(0).kept(0).start()) {
            ServerProcess hurt = scene.server(1);
            fault.befall(hurt);
            Duration detection = scene.untilUnusable(hurt);

            Figures.note("detection " + name + " without traffic", ms(detection), " ms");
            assertThat(detection).isLessThan(limit);
        }
    }

    private static void withFewClients(String name, Fault fault) throws IOException {
        try (Scene scene = Scene.here(3).newPerSecond(10).kept(0).start()) {
            ServerProcess hurt = scene.server(1);
            fault.befall(hurt);
            Duration detection = scene.untilUnusable(hurt);
            Report report = scene.end();

            Figures.note("detection " + name + " with ten clients per second", ms(detection), " ms; ", report);
            report.took(detection, Duration.ofSeconds(2));
            report.noErrorsBut(hurt);
        }
    }
}
