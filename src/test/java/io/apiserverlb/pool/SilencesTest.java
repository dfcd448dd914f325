package io.apiserverlb.pool;

import static io.apiserverlb.pool.TestPool.A;
import static io.apiserverlb.pool.TestPool.B;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What connections do that nobody waited for, since another server was faster. */
class SilencesTest {
    private final TestPool pool = TestPool.managing(A, B);

    private void outpace() {
        Lease lease = pool.take(B);
        lease.silent(true);
        lease.abandon();
    }

    @Test
    void areNoFailures() {
        pool.pass(A, B);

        outpace();
        outpace();
        outpace();

        assertThat(pool.usable()).containsExactly(A, B);
        assertThat(pool.server(A).state()).isEqualTo(ServerState.UP);
        assertThat(pool.server(A).load().failed()).isZero();
    }

    @Test
    void haveTheServerCheckedAtOnceButOnlyOnce() {
        pool.pass(A, B);
        long requests = pool.server(A).checkRequests();

        outpace();

        assertThat(pool.server(A).checkRequests()).isEqualTo(requests + 1);
    }

    @Test
    void countAsFailuresWhenACheckFailsToo() {
        pool.pass(A, B);
        outpace();
        outpace();

        pool.hard(A);

        assertThat(pool.usable()).containsExactly(B);
        assertThat(pool.server(A).health().credit()).isEqualTo(3);
    }

    @Test
    void areForgottenWithAPassedCheckOrAnAnswer() {
        pool.pass(A, B);
        outpace();
        outpace();
        pool.pass(A);
        outpace();
        outpace();
        Lease good = pool.take(B);
        good.connected();
        good.sent(1);

        pool.hard(A);

        assertThat(pool.usable()).containsExactly(A, B);
        good.close(CloseReason.CLIENT);
    }
}
