package io.apiserverlb.failover;

import java.time.Duration;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** An upgrade of the control plane: one server after the other says that it goes, goes, and comes back. */
@Execution(ExecutionMode.CONCURRENT)
class RollingRestartIT {
    @Scenario
    void nobodyNoticesAnUpgrade() throws Exception {
        try (Scene scene = Scene.here(3).start()) {
            for (int number = 1; number <= 3; number++) {
                ServerProcess server = scene.server(number);
                server.red();
                scene.untilUnusable(server);
                Scene.run(Duration.ofSeconds(2));
                server.kill();
                Scene.run(Duration.ofSeconds(2));
                server.restart();
                scene.untilUsable(server);
                Scene.run(Duration.ofSeconds(1));
            }

            Report report = scene.end();
            Figures.note("rolling restart", report);
            report.noErrors();
            report.healedWithin(Duration.ofSeconds(1));
        }
    }
}
