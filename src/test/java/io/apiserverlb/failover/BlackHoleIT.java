package io.apiserverlb.failover;

import static io.apiserverlb.failover.Report.ms;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A firewall in front of one server drops packets without a word. */
@Execution(ExecutionMode.CONCURRENT)
class BlackHoleIT {
    @Scenario
    void ofAllPacketsCostsNewClientsARivalsTime() throws Exception {
        VanishedHost.costsNewClientsARivalsTime("black hole", host -> host.dropIncoming());
    }

    @Scenario
    void ofNewConnectionsAloneSparesThoseThatItServes() throws Exception {
        try (Scene scene = Scene.withOneElsewhere(2).start()) {
            ServerProcess hurt = scene.server(1);
            long begin = System.nanoTime();
            hurt.namespace().dropIncoming("-p", "tcp", "--syn");
            Duration detection = scene.untilUnusable(hurt);
            long detected = System.nanoTime();
            Scene.run(Duration.ofSeconds(5));

            Report report = scene.end();
            Report settled = report.since(detected);
            Figures.note("black hole for SYN", "detected after ", ms(detection), " ms; ", report, "; then ", settled);
            report.noErrors();
            report.slowestBelow(Duration.ofMillis(400));
            assertThat(detection).isLessThan(Duration.ofSeconds(8));
            // What it still serves leaves within the drain timeout, and not at once.
            long soon = detected + Duration.ofSeconds(3).toNanos();
            assertThat(report.between(begin, soon).cuts()).hasSizeLessThanOrEqualTo(1);
            settled.mostBelow(Duration.ofMillis(20));
            settled.nearlyAllBelow(Duration.ofMillis(100));
        }
    }
}
