package io.apiserverlb.pool;

import static io.apiserverlb.pool.TestPool.A;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LatencyTest {
    private static Latency of(long... micros) {
        Latency latency = Latency.first(Duration.ofNanos(micros[0] * 1_000));
        for (int i = 1; i < micros.length; i++) {
            latency = latency.after(Duration.ofNanos(micros[i] * 1_000));
        }
        return latency;
    }

    @Test
    void isKeptByTheServerOfItsLastConnections() {
        TestPool pool = TestPool.managing(A);

        pool.connect(A, Duration.ofMillis(20), Duration.ofMillis(500));

        assertThat(Objects.requireNonNull(pool.server(A).observed().latency()).connect())
                .isEqualTo(Duration.ofMillis(20));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "99, 0",
        "100, 1",
        "999, 1",
        "1000, 2",
        "9999, 2",
        "10000, 3",
        "99999, 3",
        "100000, 4",
        "999999, 4",
        "1000000, 5",
        "3000000, 5"
    })
    void hasATierForEachPowerOfTen(long micros, int tier) {
        assertThat(of(micros).tier()).isEqualTo(tier);
    }

    @Test
    void goesByTheLeastOfTheLastThreeTimes() {
        assertThat(of(300, 200, 500).connect()).isEqualTo(Duration.ofNanos(200_000));
        assertThat(of(300, 200, 500, 400).connect()).isEqualTo(Duration.ofNanos(200_000));
        assertThat(of(300, 200, 500, 400, 600).connect()).isEqualTo(Duration.ofNanos(400_000));
        assertThat(of(300, 200, 500, 400, 600).latest()).hasSize(3);
    }

    @Test
    void isNotImpressedByTwoLostPacketsInARow() {
        assertThat(of(300, 2_000_300, 2_000_300).tier()).isEqualTo(1);
        assertThat(of(300, 2_000_300, 2_000_300, 2_000_300).tier()).isEqualTo(5);
    }

    @Test
    void isTakenForFasterAtOnceWhenItIs() {
        assertThat(of(40_000, 40_000, 40_000, 300).tier()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"950, 1100, 1", "1100, 950, 2", "950, 1240, 1", "950, 1260, 2", "1100, 810, 2", "1100, 790, 1"})
    void leavesItsTierOnlyWhenItIsWellBeyondTheBound(long first, long later, int tier) {
        assertThat(of(first, later, later, later).tier()).isEqualTo(tier);
    }

    @Test
    void doesNotHopOnABound() {
        Latency below = of(990);
        Latency above = of(1_010);
        for (int i = 0; i < 100; i++) {
            Duration next = Duration.ofNanos(i / 3 % 2 == 0 ? 1_200_000 : 830_000);
            below = below.after(next);
            above = above.after(next);
            assertThat(below.tier()).isEqualTo(1);
            assertThat(above.tier()).isEqualTo(2);
        }
    }

    // ---- what is kept of a server

    @Test
    void isKeptByChecksThatFailOrMakeNoConnection() {
        TestPool pool = TestPool.managing(A);
        assertThat(pool.server(A).observed().latency()).isNull();
        pool.connect(A, Duration.ofMillis(2));

        pool.pass(A);
        pool.hard(A);
        CheckResult failed = Objects.requireNonNull(pool.server(A).observed().check());
        pool.pool.checked(A, new CheckReport(failed, null, null, Duration.ofNanos(1)));

        assertThat(pool.server(A).observed().latency()).isEqualTo(Latency.first(Duration.ofMillis(2)));
    }
}
