package io.apiserverlb.pool;

import static io.apiserverlb.pool.TestPool.A;
import static io.apiserverlb.pool.TestPool.B;
import static io.apiserverlb.pool.TestPool.C;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SurplusTest {
    private static TestPool pool(Policy policy) {
        return TestPool.builder().policy(policy).managed(A, B, C).build();
    }

    /** Opens sessions with one server. */
    private static void open(TestPool pool, int sessions, ServerAddress... others) {
        for (int i = 0; i < sessions; i++) {
            pool.take(others);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"LEAST_CONNECTIONS", "ROUND_ROBIN", "RANDOM_TWO", "LATENCY"})
    void isWhatAServerHasBeyondItsShare(Policy policy) {
        TestPool pool = pool(policy);
        open(pool, 11, B, C);
        open(pool, 1, A, C);

        assertThat(pool.pool.surplus()).isEqualTo(Map.of(A, 7));
    }

    @Test
    void isNothingWhereAllHaveTheirShareAsFarAsItIsWhole() {
        TestPool pool = pool(Policy.LEAST_CONNECTIONS);
        open(pool, 4, B, C);
        open(pool, 3, A, C);
        open(pool, 3, A, B);

        assertThat(pool.pool.surplus()).isEmpty();
    }

    @Test
    void goesByWeight() {
        TestPool pool = pool(Policy.LEAST_CONNECTIONS);
        pool.weight(A, 200);
        open(pool, 12, B, C);

        assertThat(pool.pool.surplus()).isEqualTo(Map.of(A, 6));
    }

    @Test
    void asksLittleOfAServerThatStartsSlowly() {
        TestPool pool = TestPool.managing(A, B);
        pool.down(B);
        pool.pass(B, B);
        pool.clock.advance(Duration.ofMillis(7_500)); // a quarter: 1 of 5 sessions
        open(pool, 10, B);

        assertThat(pool.pool.surplus()).isEqualTo(Map.of(A, 2));
    }

    @Test
    void leavesOutServersThatAreNotUsable() {
        TestPool pool = pool(Policy.LEAST_CONNECTIONS);
        open(pool, 6, B, C);
        pool.admin(B, AdminState.DRAIN);

        assertThat(pool.pool.surplus()).isEqualTo(Map.of(A, 3));

        pool.admin(C, AdminState.DRAIN);

        assertThat(pool.pool.surplus()).isEmpty();

        pool.admin(A, AdminState.DRAIN);

        assertThat(pool.pool.surplus()).as("none is usable").isEmpty();
    }

    @ParameterizedTest
    @EnumSource(names = {"FAILOVER", "SOURCE"})
    void isNothingWhereSessionsWouldComeBack(Policy policy) {
        TestPool pool = pool(policy);
        open(pool, 6, B, C);

        assertThat(pool.pool.surplus()).isEmpty();
    }
}
