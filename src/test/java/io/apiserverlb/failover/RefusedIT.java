package io.apiserverlb.failover;

import static io.apiserverlb.failover.Report.ms;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A server process dies: its host refuses from then on. */
@Execution(ExecutionMode.CONCURRENT)
class RefusedIT {
    @Scenario
    void noClientNoticesThatAServerDied() throws Exception {
        try (Scene scene = Scene.here(3).start()) {
            ServerProcess dead = scene.server(1);
            long hurt =
                    scene.kept().servers().stream().filter(dead.name()::equals).count();
            long died = System.nanoTime();
            dead.kill();
            Duration detection = scene.untilUnusable(dead);
            long detected = System.nanoTime();
            Scene.run(Duration.ofSeconds(3));

            Report report = scene.end();
            Report after = report.since(detected);
            Figures.note(
                    "refused",
                    "detected after ",
                    ms(detection),
                    " ms; until then ",
                    report.between(died, detected),
                    "; then ",
                    after);
            report.noErrorsBut(dead);
            report.cutsOnlyOf(dead, Duration.ofSeconds(1));
            assertThat(report.cuts()).hasSize((int) hurt).isNotEmpty();
            report.took(detection, Duration.ofSeconds(2));
            after.noErrors();
            after.mostBelow(Duration.ofMillis(20));
        }
    }
}
