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
    }

    @Test
    void countsAsFailedConnectionEachTimeOnceAnotherOneHasPassed() {
        pool.pass(C);

        pool.pool.checkIsLate(A, since);
        assertThat(pool.server(A).state()).isEqualTo(ServerState.GOING_DOWN);
        pool.pool.checkIsLate(A, since);
        pool.pool.checkIsLate(A, since);

        assertThat(pool.usable()).containsExactly(B, C, D, E);
        assertThat(pool.server(A).health().credit()).as("of checks").isEqualTo(4);
    }

    @Test
    void isForgottenWithItsAnswer() {
        pool.pass(C);
        pool.pool.checkIsLate(A, since);
        pool.pool.checkIsLate(A, since);
        pool.pool.checkIsLate(A, since);

        pool.pass(A);

        assertThat(pool.server(A).state()).isEqualTo(ServerState.UP);
    }

    @Test
    void saysNothingOfAServerThatIsDownOrInMaintenanceOrGone() {
        pool.down(A);
        pool.admin(B, AdminState.MAINT);
        pool.change(new ListChange.Remove(D));
        pool.pass(C);
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
        lease.close(CloseReason.CLIENT);
    }
}
