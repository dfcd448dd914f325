package io.apiserverlb.pool;

import static io.apiserverlb.pool.TestPool.A;
import static io.apiserverlb.pool.TestPool.B;
import static io.apiserverlb.pool.TestPool.C;
import static io.apiserverlb.pool.TestPool.D;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class SlowStartTest {
    private static final SlowStart SLOW_START = SlowStart.of(Duration.ofSeconds(30));

    private final TestPool pool = TestPool.managing(A, B);

    @Test
    void growsLinearlyFromASmallShare() {
        long from = Long.MAX_VALUE - 5;

        assertThat(SLOW_START.share(from, from)).isEqualTo(0.01);
        assertThat(SLOW_START.share(from, from + Duration.ofSeconds(3).toNanos()))
                .isCloseTo(0.1, within(1e-9));
        assertThat(SLOW_START.share(from, from + Duration.ofSeconds(15).toNanos()))
                .isCloseTo(0.5, within(1e-9));
        assertThat(SLOW_START.share(from, from + Duration.ofSeconds(30).toNanos()))
                .isEqualTo(1);
        assertThat(SLOW_START.share(from, from + Duration.ofHours(1).toNanos())).isEqualTo(1);
    }

    @Test
    void canBeSwitchedOff() {
        assertThat(SlowStart.of(Duration.ZERO).share(0L, 0)).isEqualTo(1);
    }

    @Test
    void hasNoNegativeTime() {
        Health.Thresholds thresholds = new Health.Thresholds(2, 3, 1);
        Duration negative = Duration.ofMillis(-1);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ServerPool.Settings(
                        Policy.ROUND_ROBIN, Prefer.NONE, thresholds, negative, Duration.ZERO, "node"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ServerPool.Settings(
                        Policy.ROUND_ROBIN, Prefer.NONE, thresholds, Duration.ZERO, negative, "node"));
    }

    @Test
    void doesNotHappenAtTheStartOfTheProcess() {
        pool.pass(A);

        assertThat(pool.server(A).slowStartFrom()).isNull();
        assertThat(SLOW_START.share(null, 0)).isEqualTo(1);
    }

    @Test
    void doesNotHappenToANewServer() {
        pool.discover(C);
        pool.change(new ListChange.Add(D, null));

        pool.pass(C, D);

        assertThat(pool.server(C).slowStartFrom()).isNull();
        assertThat(pool.server(D).slowStartFrom()).isNull();
    }

    @Test
    void happensAfterAFailureThatWasSeen() {
        pool.down(A);
        pool.pass(A);
        assertThat(pool.server(A).slowStartFrom()).isNull();

        pool.pass(A);

        assertThat(pool.server(A).slowStartFrom()).isEqualTo(pool.clock.nanos());
    }

    @Test
    void happensToANewServerThatFailedFirst() {
        pool.discover(C);

        pool.hard(C);
        pool.pass(C, C);

        assertThat(pool.server(C).slowStartFrom()).isNotNull();
    }

    @Test
    void happensAfterMaintenanceButNotAfterADrain() {
        pool.pass(A, B);
        pool.admin(A, AdminState.MAINT);
        pool.admin(B, AdminState.DRAIN);

        pool.admin(A, AdminState.READY);
        pool.admin(B, AdminState.READY);

        assertThat(pool.server(A).slowStartFrom()).isNotNull();
        assertThat(pool.server(B).slowStartFrom()).isNull();
    }

    @Test
    void happensAfterADrainOfAServerThatWasDown() {
        pool.down(A);
        pool.admin(A, AdminState.DRAIN);

        pool.admin(A, AdminState.READY);

        assertThat(pool.server(A).slowStartFrom()).isEqualTo(pool.clock.nanos());
    }

    @Test
    void doesNotHappenAfterADrainOfAServerThatWasNeverChecked() {
        pool.discover(C);
        pool.admin(C, AdminState.DRAIN);

        pool.admin(C, AdminState.READY);

        assertThat(pool.server(C).slowStartFrom()).isNull();
    }

    @Test
    void happensAfterAServerWasStopping() {
        pool.pass(A, B);
        pool.soft(A);
        pool.pass(A);
        assertThat(pool.server(A).slowStartFrom()).isNull();

        pool.pass(A);

        assertThat(pool.server(A).usable()).isTrue();
        assertThat(pool.server(A).slowStartFrom()).isEqualTo(pool.clock.nanos());
    }

    @Test
    void doesNotHappenToAServerThatWasUsedWhileItsSoftFailuresWereIgnored() {
        pool.pass(A, B);
        pool.soft(A, B);

        pool.pass(A, A);

        assertThat(pool.server(A).usable()).isTrue();
        assertThat(pool.server(A).slowStartFrom()).isNull();
    }

    @Test
    void doesNotHappenAfterFailuresOfTrafficAlone() {
        pool.pass(A, B);
        pool.refuseConnection(A);
        pool.refuseConnection(A);
        pool.refuseConnection(A);

        pool.pass(A);

        assertThat(pool.server(A).usable()).isTrue();
        assertThat(pool.server(A).slowStartFrom()).isNull();
    }

    @Test
    void happensAfterTrafficAndOneCheckTookItDown() {
        pool.pass(A, B);
        pool.refuseConnection(A);
        pool.refuseConnection(A);
        pool.refuseConnection(A);
        pool.hard(A);

        pool.pass(A);

        assertThat(pool.server(A).slowStartFrom()).isEqualTo(pool.clock.nanos());
    }

    @Test
    void happensWhenTrafficBringsItBack() {
        pool.pass(A, B);
        Lease waiting = pool.take(B);
        waiting.connected();
        pool.refuseConnection(A);
        pool.refuseConnection(A);
        pool.refuseConnection(A);
        pool.hard(A);

        waiting.sent(1);

        assertThat(pool.usable()).contains(A);
        assertThat(pool.server(A).slowStartFrom()).isEqualTo(pool.clock.nanos());
    }

    @Test
    void isOverAfterItsTime() {
        pool.down(A);
        pool.pass(A, A);
        pool.clock.advance(Duration.ofSeconds(29));
        pool.pass(A);
        assertThat(pool.server(A).slowStartFrom()).isNotNull();

        pool.clock.advance(Duration.ofSeconds(1));
        pool.pass(A);

        assertThat(pool.server(A).slowStartFrom()).isNull();
    }
}
