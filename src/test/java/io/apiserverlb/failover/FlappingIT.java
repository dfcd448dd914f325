package io.apiserverlb.failover;

import java.time.Duration;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A server comes and goes. */
@Execution(ExecutionMode.CONCURRENT)
class FlappingIT {
    private static final int TIMES = 6;

    @Scenario
    void aServerThatFlapsEveryTwoSecondsCostsOnlyItsOwnSessions() throws Exception {
        try (Scene scene = Scene.here(3).start()) {
            ServerProcess hurt = scene.server(1);
            for (int i = 0; i < TIMES; i++) {
                hurt.stopListening();
                Scene.run(Duration.ofSeconds(2));
                hurt.listen();
                Scene.run(Duration.ofSeconds(2));
            }

            Report report = scene.end();
            Figures.note("flapping", TIMES, " times: ", report);
            report.noErrorsBut(hurt);
            report.cutsOnlyOf(hurt, Duration.ofSeconds(1));
        }
    }
}
