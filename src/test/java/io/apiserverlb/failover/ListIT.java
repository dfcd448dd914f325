package io.apiserverlb.failover;

import static io.apiserverlb.failover.Report.ms;
import static org.assertj.core.api.Assertions.assertThat;

import io.apiserverlb.pool.AdminState;
import io.apiserverlb.pool.ListChange;
import io.apiserverlb.pool.ServerAddress;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What operators do to the list under load. */
@Execution(ExecutionMode.CONCURRENT)
class ListIT {
    private static final Duration DRAIN_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration SLACK = Duration.ofSeconds(1);
    private static final int GENTLY = 20;

    @Scenario
    void anotherListTakesOver() throws Exception {
        try (Scene scene = Scene.here(4).listed(2).newPerSecond(GENTLY).start()) {
            long began = System.nanoTime();
            scene.change(new ListChange.Replace(List.of(
                    scene.address(scene.server(2)), scene.address(scene.server(3)), scene.address(scene.server(4)))));
            Duration empty = Scene.until(
                    () -> !scene.kept().servers().contains(scene.server(1).name()));
            Scene.until(scene.kept()::allWork);
            Scene.run(Duration.ofSeconds(2));

            Report report = scene.end();
            Figures.note("list replaced", "left after ", ms(empty), " ms; ", report);
            report.noErrors();
            report.cutsOnlyOf(scene.server(1), SLACK);
            paced(report, began, empty);
        }
    }

    @Scenario
    void drain() throws Exception {
        leavesInTime("drain", server -> new ListChange.Patch(server, AdminState.DRAIN, null));
    }

    @Scenario
    void maint() throws Exception {
        leavesInTime("maint", server -> new ListChange.Patch(server, AdminState.MAINT, null));
    }

    @Scenario
    void removeAndDrain() throws Exception {
        leavesInTime("remove", ListChange.Remove::new);
    }

    @Scenario
    void removeAndClose() throws Exception {
        try (Scene scene = Scene.here(3).with("lb.on-removed", "close").start()) {
            ServerProcess leaving = scene.server(1);
            scene.change(new ListChange.Remove(scene.address(leaving)));
            Duration empty = Scene.until(() -> !scene.kept().servers().contains(leaving.name()));
            Scene.until(scene.kept()::allWork);
            Scene.run(Duration.ofSeconds(2));

            Report report = scene.end();
            Figures.note("remove and close", "left after ", ms(empty), " ms; ", report);
            report.took(empty, SLACK);
            report.noErrorsBut(leaving);
            report.cutsOnlyOf(leaving, SLACK);
        }
    }

    private static void leavesInTime(String name, Function<ServerAddress, ListChange> change) throws IOException {
        try (Scene scene = Scene.here(3).newPerSecond(GENTLY).kept(12).start()) {
            ServerProcess leaving = scene.server(1);
            assertThat(scene.kept().servers()).contains(leaving.name());
            long began = System.nanoTime();
            scene.change(change.apply(scene.address(leaving)));
            Duration empty = Scene.until(() -> !scene.kept().servers().contains(leaving.name()));
            Scene.until(scene.kept()::allWork);
            Scene.run(Duration.ofSeconds(1));

            Report report = scene.end();
            Figures.note(name, "left after ", ms(empty), " ms; ", report);
            report.noErrors();
            report.cutsOnlyOf(leaving, SLACK);
            paced(report, began, empty);
        }
    }

    /** They leave within the drain timeout, and not all at once. */
    private static void paced(Report report, long began, Duration empty) {
        assertThat(empty).isLessThan(DRAIN_TIMEOUT.plus(SLACK));
        assertThat(report.cuts()).hasSizeGreaterThan(1);
        assertThat(report.between(began, began + SLACK.toNanos()).cuts())
                .as("sessions cut at once")
                .hasSizeLessThan(report.cuts().size());
    }
}
