package io.apiserverlb.pool;

import static io.apiserverlb.pool.TestPool.A;
import static io.apiserverlb.pool.TestPool.B;
import static io.apiserverlb.pool.TestPool.C;
import static io.apiserverlb.pool.TestPool.D;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A check that traffic asked for and that the server does not answer as soon as others do. */
class LateCheckTest {
    private static final ServerAddress E = TestPool.address("10.0.0.5:6443");

    private final TestPool pool = TestPool.managing(A, B, C, D, E);
    private long since;

    @BeforeEach
    void allIsWell() {
        pool.pass(A, B, C, D, E);
        later();
        since = pool.clock.nanos();
        later();
    }

    private void later() {
        pool.clock.advance(Duration.ofMillis(250));
    }

    private long requests(ServerAddress address) {
        return pool.server(address).checkRequests();
    }

    @Test
    void saysNothingYetButHasSomeOthersAsked() {
        pool.pool.checkIsLate(A, since);

        assertThat(pool.server(A).health().passive()).isZero();
        assertThat(requests(B)).isEqualTo(1);
        assertThat(requests(D)).isEqualTo(1);
        assertThat(requests(A) + requests(E)).isZero();
        assertThat(pool.server(B).doubts()).as("by traffic").isZero();
    }

    @Test
    void hasThoseAskedThatComeBehindItAndAreUsable() {
        pool.admin(E, AdminState.DRAIN);

        pool.pool.checkIsLate(D, since);

        assertThat(requests(A)).isEqualTo(1);
        assertThat(requests(B)).isEqualTo(1);
        assertThat(requests(C)).isEqualTo(1);
        assertThat(requests(D) + requests(E)).isZero();
        pool.pool.checkIsLate(B, since);
        assertThat(requests(C)).isEqualTo(2);
        assertThat(requests(D)).isEqualTo(1);
        assertThat(requests(A)).as("the third").isEqualTo(2);
        assertThat(requests(B)).isEqualTo(1);
    }

    private void lateThreeTimes() {
        pool.connect(C, Duration.ofMillis(1));
        pool.pool.checkIsLate(A, since);
        pool.pool.checkIsLate(A, since);
        assertThat(pool.server(A).state()).as("after two").isEqualTo(ServerState.UP);
        pool.pool.checkIsLate(A, since);
    }

    @Test
    void takesNewSessionsAwayOnceItWasFoundLateOftenAndAnotherOneHasPassed() {
        lateThreeTimes();

        assertThat(pool.usable()).containsExactly(B, C, D, E);
        assertThat(pool.server(A).state()).isEqualTo(ServerState.DOWN);
        assertThat(pool.server(A).reason()).isEqualTo("a check gets no answer while others do");
        assertThat(pool.server(A).health().credit()).as("of checks").isEqualTo(4);
    }

    @Test
    void isOfItselfNoFailure() {
        assertThat(pool.server(A).health().onlyLate()).as("takes sessions").isFalse();
        lateThreeTimes();
        assertThat(pool.server(A).health().onlyLate()).isTrue();

        pool.hard(A);
        assertThat(pool.server(A).health().onlyLate()).as("it is still up").isTrue();
        pool.hard(A, A);

        assertThat(pool.server(A).health().onlyLate()).isFalse();
    }

    @Test
    void addsToFailedConnections() {
        pool.refuseConnection(A);
        pool.refuseConnection(A);
        pool.connect(C, Duration.ofMillis(1));

        pool.pool.checkIsLate(A, since);

        assertThat(pool.usable()).containsExactly(B, C, D, E);
    }

    @Test
    void isNoDoubtWhichMakesHedgesFreeAndAsksForNoOtherCheckOfTheServer() {
        pool.pass(C);
        long before = requests(A);

        pool.pool.checkIsLate(A, since);

        assertThat(pool.server(A).health().inDoubt()).isFalse();
        assertThat(requests(A)).isEqualTo(before);
        assertThat(pool.server(A).doubts()).isZero();
    }

    @Test
    void closesNoSessionsThoughTheCheckFailsInTheEnd() {
        lateThreeTimes();

        pool.hard(A);
        pool.pass(C);

        assertThat(pool.usable()).containsExactly(B, C, D, E);
        assertThat(pool.pool.list().isLost(pool.server(A))).isFalse();
        pool.hard(A, A);
        later();
        pool.pass(C);
        assertThat(pool.pool.list().isLost(pool.server(A))).isTrue();
    }

    @Test
    void isComparedWithChecksThatMakeAConnectionOnly() {
        pool.pass(B, C);

        for (int i = 0; i < 5; i++) {
            pool.pool.checkIsLate(A, since);
        }

        assertThat(pool.usable()).contains(A);
    }

    @Test
    void isForgottenWithAnyAnswer() {
        lateThreeTimes();

        pool.soft(A);

        assertThat(pool.server(A).state()).isEqualTo(ServerState.STOPPING);
    }

    @Test
    void isForgottenWithItsAnswer() {
        lateThreeTimes();

        pool.pass(A);

        assertThat(pool.server(A).state()).isEqualTo(ServerState.UP);
    }

    @Test
    void saysNothingOfAServerThatIsDownOrInMaintenanceOrGone() {
        pool.down(A);
        pool.admin(B, AdminState.MAINT);
        pool.change(new ListChange.Remove(D));
        pool.connect(C, Duration.ofMillis(1));
        Server down = pool.server(A);
        Server maintained = pool.server(B);

        pool.pool.checkIsLate(A, since);
        pool.pool.checkIsLate(B, since);
        pool.pool.checkIsLate(D, since);

        assertThat(pool.server(A)).isEqualTo(down);
        assertThat(pool.server(B)).isEqualTo(maintained);
    }

    @Test
    void neverTakesTheLastUsableServer() {
        pool.down(B, C, D, E);
        pool.pass(C);

        for (int i = 0; i < 5; i++) {
            pool.pool.checkIsLate(A, since);
        }

        assertThat(pool.usable()).containsExactly(A);
    }

    @Test
    void isWantedWhenAServerOwesAnAnswerAndHasNotPassedSince() {
        Lease lease = pool.take(B, C, D, E);
        lease.connected();
        lease.sent(1);

        lease.unanswered(since - Duration.ofSeconds(1).toNanos());
        assertThat(requests(A)).as("it has passed since").isZero();
        lease.unanswered(since);

        assertThat(requests(A)).isEqualTo(1);
        assertThat(pool.server(A).doubts()).isEqualTo(1);
        later();
        lease.unanswered(pool.clock.nanos());
        assertThat(requests(A)).as("was asked just now").isEqualTo(1);
        lease.close(CloseReason.CLIENT);
    }

    @Test
    void isGuessedLessOftenWhereGuessesFollowOneAnother() {
        Lease lease = pool.take(B, C, D, E);
        lease.connected();
        lease.sent(1);
        for (int second = 0; second < 300; second++) {
            pool.clock.advance(Duration.ofSeconds(1));
            lease.unanswered(pool.clock.nanos());
        }
        assertThat(requests(A))
                .as("after 0, 2, 6, 14, 30, 62, 126, 190, 254 seconds")
                .isEqualTo(9);

        pool.clock.advance(Duration.ofSeconds(129));
        lease.unanswered(pool.clock.nanos());
        pool.clock.advance(Duration.ofSeconds(2));
        lease.unanswered(pool.clock.nanos());

        assertThat(requests(A)).isEqualTo(11);
        lease.close(CloseReason.CLIENT);
    }

    @Test
    void isNotWantedOfAServerThatIsInDoubtAndCheckedOftenAnyway() {
        TestPool unchecked = TestPool.managing(A);
        Lease lease = unchecked.take();
        lease.connected();
        lease.sent(1);

        lease.unanswered(unchecked.clock.nanos());

        assertThat(unchecked.server(A).checkRequests()).isZero();
        lease.close(CloseReason.CLIENT);
    }

    @Test
    void isWantedThoughTheServerHasPassedAtThatVeryMoment() {
        Lease lease = pool.take(B, C, D, E);
        lease.connected();
        lease.sent(1);
        pool.pass(A);

        lease.unanswered(pool.clock.nanos());

        assertThat(requests(A)).isEqualTo(1);
        lease.close(CloseReason.CLIENT);
    }
}
