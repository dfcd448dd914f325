package io.apiserverlb.failover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A server resets its connections and goes on serving. */
@Execution(ExecutionMode.CONCURRENT)
class ResetIT {
    private static final int TIMES = 20;

    @Scenario
    void thoseCutOffAreServedAgainAtOnce() throws Exception {
        try (Scene scene = Scene.here(3).start()) {
            ServerProcess hurt = scene.server(1);
            assertThat(scene.kept().servers()).contains(hurt.name());
            for (int i = 0; i < TIMES; i++) {
                hurt.reset();
                Scene.run(Duration.ofMillis(150));
            }

            Report report = scene.end();
            Figures.note("reset", TIMES, " times: ", report);
            report.noErrorsBut(hurt);
            report.cutsOnlyOf(hurt, Duration.ofSeconds(1));
            assertThat(report.cuts()).isNotEmpty();
        }
    }

    @Scenario
    void aResetReachesTheClientAsOne() throws Exception {
        try (Scene scene = Scene.here(1).start();
                Socket client = Raw.connect(scene.to())) {
            Raw.say(client, "echo\nhello");
            assertThat(client.getInputStream().readNBytes(5)).isEqualTo(Raw.bytes("hello"));
            scene.server(1).reset();

            assertThatThrownBy(() -> client.getInputStream().read())
                    .isInstanceOf(SocketException.class)
                    .hasMessageContaining("reset");
        }
    }
}
