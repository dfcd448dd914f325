package io.apiserverlb.pool;

import static io.apiserverlb.pool.TestPool.A;
import static io.apiserverlb.pool.TestPool.B;
import static io.apiserverlb.pool.TestPool.C;
import static io.apiserverlb.pool.TestPool.CLIENT;
import static io.apiserverlb.pool.TestPool.D;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Who takes sessions when no primary can. */
class ModeTest {
    private final TestPool pool =
            TestPool.builder().managed(A, B).seeds("https://10.0.0.4:6443").build();

    private List<ServerAddress> round() {
        List<ServerAddress> tried = new ArrayList<>();
        for (Lease lease = pool.pool.acquire(CLIENT, tried); lease != null; lease = pool.pool.acquire(CLIENT, tried)) {
            tried.add(lease.server().address());
        }
        return tried;
    }

    @Test
    void usesPrimariesWhileOneIsUsable() {
        pool.down(A);

        assertThat(pool.pool.list().mode()).isEqualTo(Mode.NORMAL);
        assertThat(pool.next()).isEqualTo(B);
        assertThat(pool.next()).isEqualTo(B);
    }

    @Test
    void usesTheSeedWhenNoPrimaryIsUsable() {
        pool.down(A, B);

        assertThat(pool.pool.list().mode()).isEqualTo(Mode.FALLBACK);
        assertThat(pool.next()).isEqualTo(D);
        assertThat(pool.server(D).place().role()).isEqualTo(Role.FALLBACK);
    }

    @Test
    void goesBackToThePrimariesAsSoonAsOneIsUsable() {
        pool.down(A, B);

        pool.pass(A, A);

        assertThat(pool.pool.list().mode()).isEqualTo(Mode.NORMAL);
        assertThat(pool.next()).isEqualTo(A);
    }

    @Test
    void triesTheSeedInASessionThatFailedOnEveryPrimary() {
        assertThat(round()).hasSize(3).endsWith(D);
    }

    @Test
    void triesEveryServerOnceWhenNoneIsUsable() {
        pool.down(A, B, D);

        assertThat(pool.pool.list().mode()).isEqualTo(Mode.LAST_RESORT);
        assertThat(round()).containsExactlyInAnyOrder(A, B, D);
    }

    @Test
    void triesTheBestCreditFirstWhenNoneIsUsable() {
        pool.down(A, B, D);

        pool.pass(B);

        assertThat(pool.server(B).state()).isEqualTo(ServerState.GOING_UP);
        assertThat(round()).startsWith(B);
    }

    @Test
    void triesABetterCreditBeforeAMoreRecentPass() {
        pool.pass(B, D);
        pool.clock.advance(Duration.ofSeconds(1));
        pool.pass(A);
        pool.down(A, D);
        pool.admin(B, AdminState.DRAIN);

        assertThat(round()).containsExactly(B, A, D);
    }

    @Test
    void triesTheMostRecentlyHealthyFirstAmongEqualCredits() {
        pool.pass(A);
        pool.clock.advance(Duration.ofSeconds(1));
        pool.pass(D);
        pool.clock.advance(Duration.ofSeconds(1));
        pool.pass(B);
        pool.down(A, B, D);

        assertThat(round()).containsExactly(B, D, A);
    }

    @Test
    void doesNotTryTheSameServerFirstOnEveryNodeWhenNoneIsBetter() {
        Map<ServerAddress, Integer> first = new TreeMap<>();
        for (int node = 0; node < 900; node++) {
            TestPool starting = TestPool.builder()
                    .managed(A, B, C)
                    .random(new SplittableRandom(node))
                    .build();
            starting.hard(A, B, C);
            first.merge(starting.next(), 1, Integer::sum);
        }

        assertThat(first.values())
                .hasSize(3)
                .allSatisfy(share -> assertThat(share).isBetween(240, 360));
    }

    @Test
    void takesTurnsAmongServersOfWhichNoneIsBetter() {
        TestPool dead = TestPool.managing(A, B, C);
        dead.hard(A, B, C);

        assertThat(List.of(dead.next(), dead.next(), dead.next())).containsExactlyInAnyOrder(A, B, C);
    }

    @Test
    void triesServersThatLeftDiscoveryAfterTheFallbacks() {
        TestPool leaving = TestPool.builder()
                .discovered(A, B)
                .seeds("https://10.0.0.4:6443")
                .build();
        leaving.pass(A);
        leaving.discover(B);
        leaving.down(B, D);

        assertThat(leaving.server(A).state()).isEqualTo(ServerState.REMOVING);
        assertThat(leaving.pool.list().mode()).isEqualTo(Mode.LAST_RESORT);
        assertThat(leaving.next(B, D)).isEqualTo(A);
        assertThat(leaving.next(B)).isEqualTo(D);
        assertThat(leaving.next(D)).isEqualTo(B);
    }

    @Test
    void triesDrainedAndStoppingServersAndThoseWithoutWeightWhenNoneIsUsable() {
        pool.pass(A, B, D);
        pool.admin(A, AdminState.DRAIN);
        pool.weight(B, 0);
        pool.soft(D);

        assertThat(pool.pool.list().mode()).isEqualTo(Mode.LAST_RESORT);
        assertThat(round()).containsExactlyInAnyOrder(A, B, D);
    }

    @Test
    void neverTriesAServerInMaintenance() {
        pool.down(A, B);
        pool.admin(D, AdminState.MAINT);

        assertThat(round()).containsExactlyInAnyOrder(A, B);
    }

    @Test
    void hasNoServerForASessionWhenTheListIsEmpty() {
        TestPool empty = TestPool.managing();

        assertThat(empty.pool.list().mode()).isEqualTo(Mode.LAST_RESORT);
        assertThat(empty.pool.acquire(CLIENT, List.of())).isNull();
    }

    @Test
    void hasNoServerForASessionThatTriedThemAll() {
        assertThat(pool.pool.acquire(CLIENT, List.of(A, B, D))).isNull();
        assertThat(pool.pool.acquire(CLIENT, List.of(A, C, D)))
                .extracting(lease -> Objects.requireNonNull(lease).server().address())
                .isEqualTo(B);
    }

    @Test
    void countsASeedThatIsInTheListAsAPrimary() {
        TestPool both =
                TestPool.builder().managed(A).seeds("https://10.0.0.1:6443").build();

        assertThat(both.server(A).place().role()).isEqualTo(Role.PRIMARY);
        assertThat(both.server(A).place().origins()).containsExactlyInAnyOrder(Origin.MANAGED, Origin.SEED);
    }

    @Test
    void makesASeedAFallbackAgainWhenItLeavesTheList() {
        TestPool both =
                TestPool.builder().managed(A, B).seeds("https://10.0.0.1:6443").build();

        both.change(new ListChange.Remove(A));

        assertThat(both.server(A).place().role()).isEqualTo(Role.FALLBACK);
        assertThat(both.usable()).contains(A);
        assertThat(both.next()).isEqualTo(B);
    }

    // ---- hope

    @Test
    void promisesMoreAfterAPassedCheckAndNotAfterAFailedOne() {
        pool.down(A, B, D);
        ServerList hopeless = pool.pool.list();
        assertThat(hopeless.promisesMoreThan(hopeless)).isFalse();

        pool.clock.advance(Duration.ofSeconds(1));
        pool.hard(A);
        assertThat(pool.pool.list()).isNotSameAs(hopeless);
        assertThat(pool.pool.list().promisesMoreThan(hopeless)).isFalse();

        pool.pass(A);
        assertThat(pool.usable()).as("one pass is not enough").isEmpty();
        assertThat(pool.pool.list().promisesMoreThan(hopeless)).isTrue();
    }

    @Test
    void promisesMoreAfterAChangeByAnOperator() {
        pool.down(A, B, D);
        ServerList hopeless = pool.pool.list();

        pool.weight(A, 50);

        assertThat(pool.pool.list().promisesMoreThan(hopeless)).isTrue();
    }

    @Test
    void promisesMoreWhenTrafficBringsAServerBackAndNotWhenItTakesOne() {
        pool.pass(A, B, D);
        Lease waiting = pool.take(B, D);
        waiting.connected();
        ServerList all = pool.pool.list();
        pool.refuseConnection(A);
        pool.refuseConnection(A);
        pool.refuseConnection(A);
        ServerList fewer = pool.pool.list();

        waiting.sent(1);

        assertThat(pool.usable()).contains(A);
        assertThat(pool.pool.list().promisesMoreThan(fewer)).isTrue();
        assertThat(fewer.promisesMoreThan(all)).isFalse();
    }

    @Test
    void knowsHowManyServersAreUsableBesideOne() {
        ServerList all = pool.pool.list();
        assertThat(all.usableBeside(pool.server(A))).isEqualTo(2);

        pool.down(B);

        assertThat(pool.pool.list().usableBeside(pool.server(A))).isEqualTo(1);
        assertThat(pool.pool.list().usableBeside(pool.server(B))).isEqualTo(2);
    }

    @Test
    void doesNotEndADrainForASessionThatTheUsableOnesFailed() {
        TestPool four = TestPool.managing(A, B, C, D);
        four.admin(B, AdminState.DRAIN);
        four.weight(C, 0);
        four.down(D);

        assertThat(four.next(A)).as("is not drained").isEqualTo(D);
        assertThat(four.pool.acquire(CLIENT, List.of(A, D))).isNull();
    }

    @Test
    void triesServersWhoseCertificateIsOutOfDateLastWhenNoneIsUsable() {
        pool.identify(B, Certificate.Identity.VERIFIED);
        pool.clock.advance(Duration.ofSeconds(1));
        pool.identify(A, Certificate.Identity.OUT_OF_DATE);
        pool.down(A, B, D);

        assertThat(round()).containsExactly(B, D, A);
    }
}
