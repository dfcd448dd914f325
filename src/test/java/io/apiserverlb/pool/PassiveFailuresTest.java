package io.apiserverlb.pool;

import static io.apiserverlb.pool.TestPool.A;
import static io.apiserverlb.pool.TestPool.B;
import static io.apiserverlb.pool.TestPool.D;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What failed connections of real traffic do. */
class PassiveFailuresTest {
    private final TestPool pool = TestPool.managing(A, B);

    @Test
    void makeAServerUnusableAfterAsManyAsFall() {
        pool.pass(A, B);

        pool.refuseConnection(A);
        pool.refuseConnection(A);
        assertThat(pool.usable()).containsExactly(A, B);

        pool.refuseConnection(A);
        assertThat(pool.usable()).containsExactly(B);
        assertThat(pool.server(A).state()).isEqualTo(ServerState.DOWN);
    }

    @Test
    void makeAServerInDoubtUnusableAtOnce() {
        pool.refuseConnection(A);

        assertThat(pool.usable()).containsExactly(B);
    }

    @Test
    void leaveTheChecksCreditAloneWhichDecidesOverSessions() {
        pool.pass(A, B);

        pool.refuseConnection(A);
        pool.refuseConnection(A);
        pool.refuseConnection(A);

        assertThat(pool.server(A).health().credit()).isEqualTo(4);
        assertThat(pool.server(A).health().up()).isTrue();
    }

    @Test
    void makeTheNextCheckRunAtOnce() {
        long requests = pool.server(A).checkRequests();

        pool.refuseConnection(A);

        assertThat(pool.server(A).checkRequests()).isGreaterThan(requests);
    }

    @Test
    void addUpWithFailedChecks() {
        pool.pass(A, B);

        pool.hard(A);
        pool.refuseConnection(A);
        assertThat(pool.usable()).containsExactly(A, B);

        pool.hard(A);
        assertThat(pool.usable()).containsExactly(B);
    }

    @Test
    void areForgottenWithAPassedCheck() {
        pool.refuseConnection(A);

        pool.pass(A);

        assertThat(pool.usable()).containsExactly(A, B);
        assertThat(pool.server(A).state()).isEqualTo(ServerState.UP);
    }

    @Test
    void areForgottenWithAConnectionOnWhichTheServerAnswers() {
        pool.pass(A, B);
        pool.refuseConnection(A);
        pool.refuseConnection(A);

        Lease good = pool.take(B);
        good.connected();
        good.sent(1);

        assertThat(pool.server(A).health().passive()).isZero();
        assertThat(pool.server(A).state()).isEqualTo(ServerState.UP);
        good.close(CloseReason.CLIENT);
    }

    @Test
    void makeAServerUnusableThatAcceptsConnectionsAndSaysNothing() {
        pool.pass(A, B);

        for (int i = 0; i < 3; i++) {
            Lease frozen = pool.take(B);
            frozen.connected();
            frozen.received(517);
            frozen.failed(ConnectFailure.SILENT);
            assertThat(frozen.server().load().active()).isZero();
        }

        assertThat(pool.usable()).containsExactly(B);
        assertThat(pool.server(A).load().failed()).isEqualTo(3);
    }

    @Test
    void areNotCountedOnceTheServerHasAnswered() {
        Lease good = pool.take(B);
        good.connected();
        good.sent(1);

        good.failed(ConnectFailure.RESET);

        assertThat(pool.usable()).containsExactly(A, B);
        assertThat(good.server().load().failed()).isZero();
        assertThat(good.server().load().active()).isEqualTo(1);
        good.close(CloseReason.SERVER);
    }

    @ParameterizedTest
    @EnumSource
    void countWhateverTheReasonUnlessItIsOurOwnTrouble(ConnectFailure reason) {
        pool.take(B).failed(reason);

        assertThat(pool.server(A).usable()).isEqualTo(reason == ConnectFailure.LOCAL);
        assertThat(pool.server(A).load().failed()).isEqualTo(1);
    }

    @Test
    void neverMakeTheLastUsableServerUnusable() {
        pool.down(B);
        long requests = pool.server(A).checkRequests();

        for (int i = 0; i < 10; i++) {
            pool.refuseConnection(A);
        }

        assertThat(pool.usable()).containsExactly(A);
        assertThat(pool.server(A).checkRequests()).as("it is still checked").isGreaterThan(requests);
        assertThat(pool.pool.list().mode()).isEqualTo(Mode.NORMAL);
    }

    @Test
    void neverMakeTheLastUsableServerUnusableThoughAllFail() {
        for (int i = 0; i < 10; i++) {
            pool.refuseConnection(A);
            pool.refuseConnection(B);
        }

        assertThat(pool.usable()).containsExactly(B);
    }

    @Test
    void makeTheLastPrimaryUnusableWhenAFallbackIsLeft() {
        TestPool withSeed =
                TestPool.builder().managed(A).seeds("https://10.0.0.4:6443").build();

        withSeed.refuseConnection(A);

        assertThat(withSeed.usable()).containsExactly(D);
        assertThat(withSeed.pool.list().mode()).isEqualTo(Mode.FALLBACK);
    }

    @Test
    void areForgivenWhenTheFallbackThatWasLeftIsNotReady() {
        TestPool withSeed =
                TestPool.builder().managed(A).seeds("https://10.0.0.4:6443").build();
        withSeed.pass(A, D);
        for (int i = 0; i < 3; i++) {
            withSeed.refuseConnection(A);
        }
        assertThat(withSeed.usable()).containsExactly(D);

        withSeed.soft(D);

        assertThat(withSeed.usable()).containsExactly(A);
        assertThat(withSeed.pool.list().mode()).isEqualTo(Mode.NORMAL);
    }

    @Test
    void makeAServerUnusableBesideAnotherThatIsAsLittleReady() {
        pool.pass(A, B);
        pool.soft(A, B);
        for (int i = 0; i < 3; i++) {
            pool.refuseConnection(A);
        }

        assertThat(pool.usable()).containsExactly(B);
    }

    @Test
    void areNoNewsOfAServerThatIsDown() {
        pool.down(A, B);
        ServerList before = pool.pool.list();

        for (int i = 0; i < 10; i++) {
            pool.next();
            pool.refuseConnection(A);
        }

        assertThat(pool.pool.list()).isSameAs(before);
        assertThat(pool.server(A).load().failed()).isEqualTo(10);
    }

    @Test
    void doNothingToAServerThatHasLeft() {
        Lease lease = pool.take(B);
        pool.change(new ListChange.Remove(A));

        lease.failed(ConnectFailure.REFUSED);

        assertThat(pool.servers()).containsExactly(B);
        assertThat(lease.server().load().active()).isZero();
    }

    @Test
    void areTakenBackByAServerThatHasLeftWithoutHarm() {
        Lease lease = pool.take(B);
        lease.connected();
        pool.change(new ListChange.Remove(A));
        ServerList before = pool.pool.list();

        lease.silent(true);
        lease.unanswered(pool.clock.nanos());
        lease.sent(1);
        lease.close(CloseReason.SERVER);

        assertThat(pool.pool.list()).isSameAs(before);
    }

    @Test
    void areCountedUpToFall() {
        for (int i = 0; i < 10; i++) {
            pool.pass(A, B);
            while (pool.usable().contains(A)) {
                pool.refuseConnection(A);
            }
        }

        assertThat(pool.server(A).health().passive()).isEqualTo(3);
        assertThat(Health.trusted(new Health.Thresholds(1, 1, 1))
                        .afterFailedConnect()
                        .afterFailedConnect()
                        .passive())
                .isEqualTo(1);
    }

    @Test
    void areForgivenWhenChecksTakeAwayTheLastOtherServer() {
        pool.pass(A, B);
        pool.refuseConnection(A);
        pool.refuseConnection(A);
        pool.refuseConnection(A);
        assertThat(pool.usable()).containsExactly(B);

        pool.hard(B, B, B);

        assertThat(pool.usable()).containsExactly(A);
    }

    @Test
    void ofTheLastServerAskForOneCheckAtATime() {
        pool.pass(A, B);
        pool.hard(B, B, B);
        pool.pass(A);
        pool.refuseConnection(A);
        pool.refuseConnection(A);
        long requests = pool.server(A).checkRequests();

        for (int i = 0; i < 10; i++) {
            pool.refuseConnection(A);
        }

        assertThat(pool.server(A).checkRequests()).isLessThanOrEqualTo(requests + 1);
        assertThat(pool.usable()).containsExactly(A);
    }
}
