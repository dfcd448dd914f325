package io.apiserverlb.failover;

import static io.apiserverlb.failover.Report.ms;
import static org.assertj.core.api.Assertions.assertThat;

import io.apiserverlb.failover.Request.Reached;
import java.time.Duration;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A server shows a certificate of another authority: it is another cluster's. */
@Execution(ExecutionMode.CONCURRENT)
class CertificateIT {
    @Scenario
    void aForeignerInADeadServersPlaceGetsNobody() throws Exception {
        Scene.Setting setting = Scene.here(3);
        try (Scene scene = setting.with(
                        "lb.check.ca-file", setting.server(1).authority().toString())
                .start()) {
            ServerProcess foreigner = scene.server(1);
            foreigner.kill();
            scene.untilUnusable(foreigner);
            Scene.run(Duration.ofSeconds(4));
            long returned = System.nanoTime();
            foreigner.restartAsForeigner();
            Scene.until(() -> scene.seen(foreigner).reason().startsWith("refused"));
            Scene.run(Duration.ofSeconds(4));

            Report report = scene.end();
            Figures.note("foreigner in a dead server's place", report);
            report.noErrorsBut(foreigner);
            report.since(returned).noErrors();
            report.cutsOnlyOf(foreigner, Duration.ofSeconds(1));
        }
    }

    /** Until the next handshake of a check nobody can know, so some clients meet the foreigner, and refuse it themselves. */
    @Scenario
    void aServerThatTurnsForeignLosesItsSessions() throws Exception {
        Scene.Setting setting = Scene.here(3);
        try (Scene scene = setting.with(
                        "lb.check.ca-file", setting.server(1).authority().toString())
                .with("lb.check.reconnect", "1s")
                .start()) {
            ServerProcess foreigner = scene.server(1);
            assertThat(scene.kept().servers()).contains(foreigner.name());
            foreigner.showForeignCertificate();
            Duration detection =
                    Scene.until(() -> scene.seen(foreigner).reason().startsWith("refused"));
            long refused = System.nanoTime();
            Scene.until(() -> !scene.kept().servers().contains(foreigner.name()));
            Scene.run(Duration.ofSeconds(3));

            Report report = scene.end();
            Figures.note("turned foreign", "refused after ", ms(detection), " ms; then ", report.since(refused));
            assertThat(detection).isLessThan(Duration.ofSeconds(6));
            assertThat(report.requests())
                    .filteredOn(Request::failed)
                    .as("requests that failed before they met the foreigner")
                    .noneMatch(request -> request.reached().compareTo(Reached.GREETED) < 0);
            report.since(refused).noErrors();
            report.cutsOnlyOf(foreigner, Duration.ofSeconds(8));
        }
    }
}
