package io.apiserverlb.failover;

import static io.apiserverlb.failover.Report.ms;
import static org.assertj.core.api.Assertions.assertThat;

import io.apiserverlb.pool.ServerState;
import java.time.Duration;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Servers say of themselves that they are not ready. */
@Execution(ExecutionMode.CONCURRENT)
class RedIT {
    @Scenario
    void aServerThatIsRedForHalfAMinuteAndThenGoneCostsNothing() throws Exception {
        try (Scene scene = Scene.here(3).newPerSecond(20).start()) {
            ServerProcess red = scene.server(1);
            assertThat(scene.kept().servers()).contains(red.name());
            long began = System.nanoTime();
            red.red();
            Duration detection = scene.untilUnusable(red);
            assertThat(scene.seen(red).state()).isEqualTo(ServerState.STOPPING);
            assertThat(scene.kept().servers()).contains(red.name());
            Scene.run(Duration.ofSeconds(30).minus(detection));
            long gone = System.nanoTime();
            red.kill();
            Scene.until(() -> scene.seen(red).state() == ServerState.DOWN);
            Scene.run(Duration.ofSeconds(2));

            Report report = scene.end();
            Figures.note(
                    "red for 30 s, then gone",
                    "detected after ",
                    ms(detection),
                    " ms; ",
                    report.between(began, gone),
                    "; when gone ",
                    report.since(gone));
            report.took(detection, Duration.ofSeconds(4));
            report.noErrorsBut(red);
            report.between(began + detection.toNanos(), gone).noErrors();
            report.cutsOnlyOf(red, Duration.ofSeconds(1));
        }
    }

    @Scenario
    void nothingChangesWhenAllAreRed() throws Exception {
        try (Scene scene = Scene.here(3).start()) {
            for (int number = 1; number <= 3; number++) {
                scene.server(number).red();
            }
            Scene.until(() -> scene.balancer().pool().list().commonCause());
            Scene.run(Duration.ofSeconds(10));
            assertThat(scene.balancer().pool().list().usable()).isEqualTo(3);
            for (int number = 1; number <= 3; number++) {
                scene.server(number).green();
            }
            Scene.until(() -> !scene.balancer().pool().list().commonCause());
            Scene.run(Duration.ofSeconds(2));

            Report report = scene.end();
            Figures.note("all red", report);
            report.noErrors();
            report.noCuts();
        }
    }
}
