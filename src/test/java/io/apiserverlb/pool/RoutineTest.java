package io.apiserverlb.pool;

import static io.apiserverlb.pool.TestPool.A;
import static io.apiserverlb.pool.TestPool.B;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** In a long list, checks that only confirm what is known are taken in together. */
class RoutineTest {
    private static final int SERVERS = 40;
    private static final int TOP_CREDIT = 3;

    private final ServerAddress[] all = Stream.concat(
                    Stream.of(A, B),
                    IntStream.rangeClosed(3, SERVERS).mapToObj(i -> TestPool.address("10.0.1." + i + ":6443")))
            .toArray(ServerAddress[]::new);
    private final TestPool pool = TestPool.managing(all);
    private final AtomicInteger lists = new AtomicInteger();

    @BeforeEach
    void allAreWell() {
        for (int i = 0; i < TOP_CREDIT; i++) {
            pool.pass(all);
        }
        later(1_000);
        pool.pass(A);
        pool.pool.subscribe(list -> lists.incrementAndGet());
        lists.set(0);
    }

    private void later(int millis) {
        pool.clock.advance(Duration.ofMillis(millis));
    }

    private Instant lastPassed(ServerAddress address) {
        return Objects.requireNonNull(pool.server(address).observed().lastPassed());
    }

    @Test
    void bringsOneListForAll() {
        later(50);
        pool.pass(all);
        Instant passed = pool.clock.instant();
        assertThat(lists).hasValue(0);

        later(50);
        pool.pass(A);

        assertThat(lists).hasValue(1);
        assertThat(Stream.of(all).skip(1).map(this::lastPassed)).containsOnly(passed);
        assertThat(lastPassed(A)).isEqualTo(pool.clock.instant());
    }

    @Test
    void doesNotHoldBackAFailure() {
        later(10);

        pool.hard(A);

        assertThat(lists).hasPositiveValue();
        assertThat(pool.server(A).state()).isEqualTo(ServerState.GOING_DOWN);
    }

    @Test
    void doesNotHoldBackWhatIsNew() {
        CheckResult passed = new CheckResult(
                CheckResult.Type.HTTPS, CheckResult.Code.L7OK, 200, "", Duration.ZERO, pool.clock.instant());
        List<Runnable> news = List.of(
                () -> pool.identify(A, Certificate.Identity.VERIFIED),
                () -> pool.pool.checked(A, new CheckReport(passed, null, "v1.34.1", null)),
                () -> pool.connect(A, Duration.ofMillis(300)),
                () -> pool.check(CheckResult.Code.L6OK, null, A));

        for (Runnable each : news) {
            later(10);
            lists.set(0);
            each.run();
            assertThat(lists).hasPositiveValue();
        }
    }

    @Test
    void doesNotHoldBackThatAServerIsUp() {
        pool.down(A);
        pool.pass(A);
        later(10);
        lists.set(0);

        pool.pass(A);

        assertThat(lists).hasPositiveValue();
        assertThat(pool.server(A).state()).isEqualTo(ServerState.UP);
    }

    @Test
    void isKnownWhenSomethingElseHappens() {
        pool.hard(A);
        later(10);
        pool.pass(B);

        pool.hard(A, A);

        assertThat(pool.pool.list().isLost(pool.server(A)))
                .as("B has passed since")
                .isTrue();
    }

    @Test
    void addsUpWithWhatOperatorsChange() {
        later(10);
        pool.pass(B);

        pool.admin(B, AdminState.MAINT);

        assertThat(lastPassed(B)).isEqualTo(pool.clock.instant());
        later(200);
        pool.pass(A);
        assertThat(pool.server(B).state()).isEqualTo(ServerState.MAINT);
    }

    @Test
    void isNoneWhereAServerHasNewsOfItself() {
        later(10);
        pool.hard(A);
        lists.set(0);

        pool.pass(A);

        assertThat(lists).hasValue(1);
        assertThat(pool.server(A).state()).isEqualTo(ServerState.UP);
    }

    @Test
    void isPartOfWhatAnotherProcessGoesOnWith() {
        later(10);
        pool.pass(B);

        ServerList left = pool.pool.leaveToOther();

        assertThat(left.find(B))
                .get()
                .extracting(server -> server.observed().lastPassed())
                .isEqualTo(pool.clock.instant());
    }

    @Test
    void isPartOfWhatALateCheckIsComparedWith() {
        pool.connect(B, Duration.ofMillis(1)); // is measured for the first time, which is news
        long since = pool.clock.nanos();
        later(10);
        pool.connect(B, Duration.ofMillis(1));
        assertThat(pool.pool.list().passedElsewhere(pool.server(A), since))
                .as("kept for a moment")
                .isFalse();

        for (int i = 0; i < 3; i++) {
            pool.pool.checkIsLate(A, since);
        }

        assertThat(pool.usable()).doesNotContain(A);
    }

    @Test
    void isNothingWhereAListIsShort() {
        TestPool few = TestPool.managing(Arrays.copyOf(all, 31));
        few.pass(few.servers().toArray(ServerAddress[]::new));
        few.pool.subscribe(list -> lists.incrementAndGet());
        lists.set(0);
        few.clock.advance(Duration.ofMillis(1));

        few.pass(A);
        few.pass(B);

        assertThat(lists).hasValue(2);
    }

    @Test
    void isNotDisturbedBySessionsThatGoWell() {
        later(10);
        pool.pass(B);
        ServerList before = pool.pool.list();

        Lease lease = pool.take();
        lease.connected();
        lease.taken();
        lease.sent(1);
        lease.close(CloseReason.CLIENT);

        assertThat(pool.pool.list()).isSameAs(before);
    }

    @Test
    void isKnownWhenTheListIsLookedThrough() {
        later(10);
        pool.pass(B);

        pool.pool.forget();

        assertThat(lastPassed(B)).isEqualTo(pool.clock.instant());
    }
}
