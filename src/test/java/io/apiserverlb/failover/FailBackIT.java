package io.apiserverlb.failover;

import static io.apiserverlb.failover.Report.ms;
import static org.assertj.core.api.Assertions.assertThat;

import io.apiserverlb.pool.Mode;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The listed servers fail, the registration address serves, and the listed ones come back. */
@Execution(ExecutionMode.CONCURRENT)
class FailBackIT {
    @Scenario
    void sessionsGoBackFromTheSeedToThePrimaries() throws Exception {
        Scene.Setting setting = Scene.here(3).listed(2);
        ServerProcess seed = setting.server(3);
        try (Scene scene =
                setting.with("lb.server-url", "https://" + seed.address()).start()) {
            List<ServerProcess> primaries = List.of(scene.server(1), scene.server(2));
            assertThat(scene.kept().servers()).doesNotContain(seed.name());
            for (ServerProcess primary : primaries) {
                primary.stopListening();
            }
            Scene.until(() -> scene.balancer().pool().list().mode() == Mode.FALLBACK);
            Scene.until(() -> Set.copyOf(scene.kept().servers()).equals(Set.of(seed.name())));
            Scene.run(Duration.ofSeconds(2));
            long back = System.nanoTime();
            for (ServerProcess primary : primaries) {
                primary.listen();
            }
            Scene.until(() -> scene.balancer().pool().list().mode() == Mode.NORMAL);
            Duration empty = Scene.until(() -> !scene.kept().servers().contains(seed.name()));
            Scene.run(Duration.ofSeconds(1));

            Report report = scene.end();
            Figures.note(
                    "fail-back",
                    "left the seed after ",
                    ms(empty),
                    " ms; ",
                    report,
                    "; since the return ",
                    report.since(back));
            report.noErrorsBut(primaries.toArray(ServerProcess[]::new));
            report.healedWithin(Duration.ofSeconds(1));
            assertThat(empty).isLessThan(Duration.ofSeconds(31));
        }
    }
}
