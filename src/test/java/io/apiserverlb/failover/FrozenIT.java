package io.apiserverlb.failover;

import static io.apiserverlb.failover.Report.ms;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A server process stops: its kernel accepts and acknowledges, and nothing is ever answered. */
@Execution(ExecutionMode.CONCURRENT)
class FrozenIT {
    @Scenario
    void noClientSeesMoreThanAPause() throws Exception {
        try (Scene scene = Scene.here(3).start()) {
            ServerProcess frozen = scene.server(1);
            assertThat(scene.kept().servers()).contains(frozen.name());
            long froze = System.nanoTime();
            frozen.freeze();
            Duration detection = scene.untilUnusable(frozen);
            long detected = System.nanoTime();
            Scene.until(() -> !scene.kept().servers().contains(frozen.name()));
            Scene.until(scene.kept()::allWork);
            Scene.run(Duration.ofSeconds(2));

            Report report = scene.end();
            Report before = report.between(froze, detected);
            Report after = report.since(detected);
            Figures.note("frozen", "detected after ", ms(detection), " ms; until then ", before, "; then ", after);
            report.noErrorsBut(frozen);
            before.slowestAnsweredBelow(Duration.ofMillis(800));
            report.took(detection, Duration.ofSeconds(2));
            after.mostBelow(Duration.ofMillis(20));
            after.nearlyAllBelow(Duration.ofMillis(100));
            report.cutsOnlyOf(frozen, Duration.ofSeconds(8));
            assertThat(report.cuts()).isNotEmpty();
        }
    }
}
