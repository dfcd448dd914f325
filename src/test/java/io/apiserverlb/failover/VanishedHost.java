package io.apiserverlb.failover;

import static io.apiserverlb.failover.Report.ms;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;

/** What is to happen when nothing comes back from a server's host any more, for whatever reason. */
final class VanishedHost {
    /** The reason. */
    interface Fault {
        void befall(Namespace host) throws IOException;
    }

    private VanishedHost() {}

    /** New clients wait for a rival until the server is left alone, and kept ones go on elsewhere. */
    static void costsNewClientsARivalsTime(String name, Fault fault) throws IOException {
        try (Scene scene = Scene.withOneElsewhere(2).start()) {
            ServerProcess hurt = scene.server(1);
            assertThat(scene.kept().servers()).contains(hurt.name());
            fault.befall(hurt.namespace());
            long begin = System.nanoTime();
            Duration detection = scene.untilUnusable(hurt);
            long detected = System.nanoTime();
            Scene.until(() -> !scene.kept().servers().contains(hurt.name()));
            Scene.until(scene.kept()::allWork);
            Scene.run(Duration.ofSeconds(2));

            Report report = scene.end();
            Report before = report.between(begin, detected);
            Report after = report.since(detected);
            Figures.note(name, "detected after ", ms(detection), " ms; until then ", before, "; then ", after);
            report.noErrorsBut(hurt);
            // Whoever was heard by the server's kernel before has to wait as if the server were frozen.
            report.slowestAnsweredBelow(Duration.ofMillis(800));
            before.slowestAnsweredBelow(Duration.ofMillis(400));
            assertThat(detection).isLessThan(Duration.ofSeconds(8));
            after.mostBelow(Duration.ofMillis(20));
            after.nearlyAllBelow(Duration.ofMillis(100));
            report.cutsOnlyOf(hurt, Duration.ofSeconds(8));
            assertThat(report.cuts()).isNotEmpty();
        }
    }
}
