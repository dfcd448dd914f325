package io.apiserverlb.pool;

import static io.apiserverlb.pool.TestPool.A;
import static io.apiserverlb.pool.TestPool.B;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a server has to show that goes up and down all the time. */
class FlappingTest {
    private final TestPool pool = TestPool.managing(A, B);

    private static Flapping down(int... atSeconds) {
        Flapping flapping = Flapping.NONE;
        for (int second : atSeconds) {
            flapping = flapping.afterDown(at(second));
        }
        return flapping;
    }

    /** Nano time may be anything, and run over. */
    private static long at(int second) {
        return Long.MAX_VALUE - 10 + Duration.ofSeconds(second).toNanos();
    }

    // ---- how often is too often

    @Test
    void countsWhenTheMachineHasBeenUpForLong() {
        long now = Duration.ofDays(100).toNanos();

        assertThat(Flapping.NONE
                        .afterDown(now)
                        .afterDown(now + 1)
                        .afterDown(now + 2)
                        .damped())
                .isTrue();
    }

    @Test
    void needsTwiceThePassesEachTimeAfterTheThird() {
        assertThat(Flapping.NONE.rise(2)).isEqualTo(2);
        assertThat(down(0, 10).rise(2)).isEqualTo(2);
        assertThat(down(0, 10, 20).rise(2)).isEqualTo(2);
        assertThat(down(0, 10, 20, 30).rise(2)).isEqualTo(4);
        assertThat(down(0, 10, 20, 30, 40).rise(2)).isEqualTo(8);
        assertThat(down(0, 10, 20, 30, 40, 50).rise(2)).isEqualTo(16);
        assertThat(down(0, 10, 20, 30, 40, 50, 60, 70).rise(2)).isEqualTo(16);
    }

    @ParameterizedTest
    @CsvSource({"1, 16", "3, 16", "16, 16", "20, 20", "2147483647, 2147483647"})
    void needsSixteenAtMostUnlessThatIsLessThanUsual(int configured, int rise) {
        assertThat(down(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10).rise(configured)).isEqualTo(rise);
    }

    @Test
    void mayGoDownThreeTimesInMoreThanFiveMinutes() {
        assertThat(down(0, 150, 301, 452, 603).rise(2)).isEqualTo(2);
        assertThat(down(0, 150, 300, 450).rise(2)).isEqualTo(4);
    }

    @Test
    void needsMoreForEachFurtherTimeHoweverLateUntilTenQuietMinutes() {
        assertThat(down(0, 10, 20, 20 + 599).rise(2)).isEqualTo(4);
        assertThat(down(0, 10, 20, 20 + 599, 20 + 599 + 599).rise(2)).isEqualTo(8);
        assertThat(down(0, 10, 20, 20 + 600).rise(2)).isEqualTo(2);
        assertThat(down(0, 10, 20, 20 + 600)).as("counts anew").isEqualTo(down(20 + 600));
    }

    @Test
    void isOverAfterTenQuietMinutes() {
        Flapping flapping = down(0, 10, 20, 30);

        assertThat(flapping.at(at(629))).isSameAs(flapping);
        assertThat(flapping.at(at(630))).isEqualTo(Flapping.NONE);
    }

    // ---- in the pool

    private void flap(int times) {
        for (int i = 0; i < times; i++) {
            while (!pool.server(A).health().up()) {
                pool.pass(A);
            }
            pool.down(A);
            pool.clock.advance(Duration.ofSeconds(10));
        }
    }

    private int rise() {
        return pool.server(A).health().thresholds().rise();
    }

    private List<Event> told() {
        return pool.events.latest().stream()
                .filter(event -> event.type() == Event.Type.FLAPPING)
                .toList();
    }

    @Test
    void comesUpOnlyAfterTwiceThePasses() {
        flap(4);

        pool.pass(A, A, A);
        assertThat(pool.server(A).usable()).isFalse();
        assertThat(pool.server(A).state()).isEqualTo(ServerState.GOING_UP);

        pool.pass(A);
        assertThat(pool.server(A).usable()).isTrue();
        assertThat(pool.server(A).state()).isEqualTo(ServerState.UP);
        assertThat(pool.server(A).health().credit()).isEqualTo(4 + 3 - 1);
        assertThat(pool.server(A).health().inDoubt()).isFalse();
    }

    @Test
    void saysSoEachTimeAndWhenItIsOver() {
        flap(5);
        pool.pass(A, A, A, A, A, A, A, A);
        assertThat(rise()).isEqualTo(8);

        pool.clock.advance(Duration.ofMinutes(10));
        pool.pass(A);

        assertThat(rise()).isEqualTo(2);
        assertThat(pool.server(A).state()).isEqualTo(ServerState.UP);
        assertThat(pool.server(A).health().credit()).isEqualTo(4);
        assertThat(told())
                .extracting(Event::message)
                .containsExactly(
                        A + " goes up and down: it now takes 4 passes in a row to be up, not 2",
                        A + " goes up and down: it now takes 8 passes in a row to be up, not 4",
                        A + " has been steady for a while: it takes 2 passes in a row to be up again");
        assertThat(told())
                .extracting(Event::severity)
                .containsExactly(Event.Severity.WARN, Event.Severity.WARN, Event.Severity.INFO);
        assertThat(told()).extracting(Event::server).containsOnly(A);
    }

    @Test
    void isForgottenWithTimeThoughNoCheckComes() {
        flap(4);
        pool.admin(A, AdminState.MAINT);
        pool.clock.advance(Duration.ofMinutes(10));

        pool.pool.forget();

        assertThat(rise()).isEqualTo(2);
        assertThat(told()).hasSize(2);
    }

    @Test
    void doesNotComeUpWithoutAPassWhenItIsOver() {
        flap(5);
        pool.pass(A, A, A);
        pool.clock.advance(Duration.ofMinutes(10));
        pool.pool.forget();
        assertThat(pool.server(A).usable()).isFalse();
        assertThat(pool.server(A).health().credit()).isEqualTo(1);

        pool.pass(A);

        assertThat(pool.server(A).state()).isEqualTo(ServerState.UP);
    }

    @Test
    void isNotForgottenOnAnOperatorsWord() {
        flap(4);
        pool.admin(A, AdminState.MAINT);

        pool.admin(A, AdminState.READY);

        assertThat(rise()).isEqualTo(4);
        assertThat(pool.server(A).health().credit()).isEqualTo(4);
        assertThat(pool.server(A).usable()).isTrue();
        pool.hard(A);
        assertThat(rise()).as("one failure takes it down, a further time").isEqualTo(8);
    }

    @Test
    void isAMatterOfTrafficWhereACheckAgrees() {
        pool.pass(A, B);
        for (int i = 0; i < 4; i++) {
            while (pool.usable().contains(A)) {
                pool.refuseConnection(A);
            }
            pool.hard(A);
            pool.clock.advance(Duration.ofSeconds(1));
            pool.pass(A);
            pool.pass(A);
        }

        assertThat(pool.server(A).condition().flapping().rise(2)).isEqualTo(4);
    }

    @Test
    void isAMatterOfTrafficWhereACheckFailedBefore() {
        pool.pass(A, B);
        for (int i = 0; i < 4; i++) {
            pool.hard(A);
            while (pool.usable().contains(A)) {
                pool.refuseConnection(A);
            }
            pool.hard(A, A);
            pool.clock.advance(Duration.ofSeconds(1));
            pool.pass(A);
            pool.pass(A);
        }

        assertThat(pool.server(A).condition().flapping().rise(2)).isEqualTo(4);
    }

    @Test
    void isNotAMatterOfTraffic() {
        for (int i = 0; i < 10; i++) {
            pool.pass(A, B);
            while (pool.server(A).usable()) {
                pool.refuseConnection(A);
            }
        }

        assertThat(rise()).isEqualTo(2);
        assertThat(pool.server(A).condition().flapping()).isEqualTo(Flapping.NONE);
    }

    @Test
    void isNotAMatterOfSoftFailures() {
        for (int i = 0; i < 10; i++) {
            pool.pass(A, A, B);
            pool.soft(A);
            assertThat(pool.server(A).usable()).isFalse();
        }

        assertThat(pool.server(A).condition().flapping()).isEqualTo(Flapping.NONE);
    }

    @Test
    void doesNotConcernOtherServers() {
        flap(6);

        assertThat(pool.server(B).condition().flapping()).isEqualTo(Flapping.NONE);
        assertThat(pool.server(B).health().thresholds().rise()).isEqualTo(2);
    }
}
