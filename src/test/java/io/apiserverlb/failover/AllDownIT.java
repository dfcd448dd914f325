package io.apiserverlb.failover;

import static io.apiserverlb.failover.Report.ms;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** No server at all, for a while. */
@Execution(ExecutionMode.CONCURRENT)
class AllDownIT {
    @Scenario
    void allComeBack() throws Exception {
        try (Scene scene = Scene.here(3).start()) {
            List<ServerProcess> all = List.of(scene.server(1), scene.server(2), scene.server(3));
            for (ServerProcess server : all) {
                server.stopListening();
            }
            Scene.until(() -> scene.balancer().pool().list().usable() == 0);
            Scene.run(Duration.ofSeconds(4));
            long back = System.nanoTime();
            listen(all);
            Duration served = Scene.until(scene.kept()::allWork);
            Duration usable =
                    served.plus(Scene.until(() -> scene.balancer().pool().list().usable() == 3));
            Scene.run(Duration.ofSeconds(3));

            Report report = scene.end();
            Report after = report.since(back + Duration.ofMillis(500).toNanos());
            Figures.note(
                    "all down and back",
                    "kept served after ",
                    ms(served),
                    " ms, all usable after ",
                    ms(usable),
                    " ms; while down ",
                    report.between(0, back),
                    "; after 500 ms ",
                    after);
            after.noErrors();
            after.noCuts();
            report.since(back).took(served, Duration.ofSeconds(2));
            report.since(back).took(usable, Duration.ofSeconds(5));
        }
    }

    @Scenario
    void theBalancerMayBeThereFirst() throws Exception {
        try (Scene scene = Scene.here(3).startBeforeServers()) {
            Scene.until(() -> scene.balancer().pool().list().usable() == 0);
            Scene.run(Duration.ofSeconds(3));
            long there = System.nanoTime();
            listen(List.of(scene.server(1), scene.server(2), scene.server(3)));
            Duration served = Scene.until(scene.kept()::allWork);
            Duration usable =
                    served.plus(Scene.until(() -> scene.balancer().pool().list().usable() == 3));
            Scene.run(Duration.ofSeconds(2));

            Report report = scene.end();
            Report after = report.since(there + Duration.ofMillis(500).toNanos());
            Figures.note(
                    "start before the cluster",
                    "kept served after ",
                    ms(served),
                    " ms, all usable after ",
                    ms(usable),
                    " ms; after 500 ms ",
                    after);
            after.noErrors();
            after.noCuts();
            report.since(there).took(served, Duration.ofSeconds(2));
            report.since(there).took(usable, Duration.ofSeconds(5));
        }
    }

    private static void listen(List<ServerProcess> servers) throws IOException {
        for (ServerProcess server : servers) {
            server.listen();
        }
    }
}
