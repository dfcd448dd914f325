package io.apiserverlb.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.apiserverlb.pool.CheckResult;
import io.apiserverlb.pool.Health;
import io.apiserverlb.pool.ServerAddress;
import io.apiserverlb.pool.Suspicion;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PaceTest {
    private static final Duration INTERVAL = Duration.ofSeconds(3);
    private static final Duration FAST = Duration.ofSeconds(1);
    private static final Duration DOWN = Duration.ofSeconds(2);
    private static final Checker.Settings SETTINGS = new Checker.Settings(
            CheckResult.Type.HTTPS,
            "/readyz",
            INTERVAL,
            FAST,
            DOWN,
            Duration.ofMillis(1500),
            Duration.ZERO,
            0.1,
            Duration.ofMinutes(1),
            null);
    private static final Health.Thresholds THRESHOLDS = new Health.Thresholds(2, 3, 1);

    @Test
    void checksAtTheUsualIntervalWithFullCredit() {
        assertThat(Pace.interval(SETTINGS, health(4, true, 0))).isEqualTo(INTERVAL);
        assertThat(Pace.fullCredit(health(4, true, 0))).isTrue();
    }

    @Test
    void checksFasterWhileAServerIsInDoubt() {
        List<Health> doubtful = List.of(
                health(2, false, 0), // unchecked
                health(3, true, 0), // going down
                health(1, true, 0), // going up
                health(4, true, 1), // traffic failed
                health(3, true, 2)); // traffic failed so often that it is taken for down

        assertThat(doubtful).allSatisfy(health -> {
            assertThat(Pace.interval(SETTINGS, health)).isEqualTo(FAST);
            assertThat(Pace.fullCredit(health)).isFalse();
        });
    }

    @Test
    void checksAServerThatIsDownAtAnIntervalOfItsOwn() {
        assertThat(Pace.interval(SETTINGS, health(0, true, 0))).isEqualTo(DOWN);
        assertThat(Pace.fullCredit(health(0, true, 0))).isFalse();
    }

    @Test
    void spreadsTheNodesOfAFleetEvenlyOverTheInterval() {
        ServerAddress server = new ServerAddress("10.0.0.1", 6443);

        List<Double> phases = IntStream.range(0, 5_000)
                .mapToObj(node -> Pace.phase("node-" + node + ".example.com", server))
                .toList();

        assertThat(phases).allMatch(phase -> phase > 0 && phase <= 1);
        assertThat(phases.stream()
                        .collect(Collectors.groupingBy(phase -> Math.ceil(phase * 10), Collectors.counting())))
                .hasSize(10)
                .allSatisfy((tenth, nodes) -> assertThat(nodes).isBetween(400L, 600L));
    }

    @Test
    void spreadsTheServersOfOneNodeToo() {
        Function<Integer, Double> phase = host -> Pace.phase("node", new ServerAddress("10.0.0." + host, 6443));

        assertThat(List.of(phase.apply(1), phase.apply(2), phase.apply(3))).doesNotHaveDuplicates();
        assertThat(phase.apply(1)).isEqualTo(phase.apply(1));
    }

    private static Health health(int credit, boolean checked, int passive) {
        return new Health(THRESHOLDS, credit, checked, 0, false, 0, new Suspicion(passive, 0, 0));
    }
}
