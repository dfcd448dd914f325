package io.apiserverlb.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.apiserverlb.failover.Fleet;
import io.apiserverlb.failover.Namespace;
import io.apiserverlb.failover.ServerProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.springframework.boot.convert.DurationStyle;

/** A short story each time; another one with {@code -Dchaos.duration=15m -Dchaos.seed=1}. */
@Isolated("it judges how fast things are")
@Tag("heavy")
class ChaosIT {
    private static final Duration LENGTH = DurationStyle.detectAndParse(System.getProperty("chaos.duration", "16s"));
    private static final long SEED = Long.getLong("chaos.seed", 14415);

    @TempDir
    Path folder;

    @Test
    void nothingIsViolatedWhateverHappens() throws Exception {
        Story story = Story.of(SEED, LENGTH);
        System.err.println("chaos: seed " + SEED + ", " + LENGTH.toSeconds() + " s");
        story.actions().forEach(action -> System.err.println("chaos: to come: " + action));
        List<ServerProcess> servers = servers();
        try (ChaosRun run = new ChaosRun(story, servers, folder)) {
            List<Violations.Violation> violations = run.perform();

            System.err.println("chaos: " + run.report());
            assertThat(violations).as(run.report()).isEmpty();
        } finally {
            for (ServerProcess server : servers) {
                Fleet.giveBack(server);
            }
        }
    }

    private static List<ServerProcess> servers() throws IOException {
        int elsewhere = Namespace.arePossible() ? Story.SERVERS - Story.FIRST_ELSEWHERE : 0;
        List<ServerProcess> servers = new ArrayList<>(Fleet.here(Story.SERVERS - elsewhere));
        servers.addAll(Fleet.elsewhere(elsewhere));
        return servers;
    }
}
