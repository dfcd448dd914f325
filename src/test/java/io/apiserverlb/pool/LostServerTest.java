package io.apiserverlb.pool;

import static io.apiserverlb.pool.TestPool.A;
import static io.apiserverlb.pool.TestPool.B;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which servers' sessions are closed since the server is down. */
class LostServerTest {

    private final TestPool pool = TestPool.managing(A, B);

    private boolean isLost(ServerAddress address) {
        return pool.pool.list().isLost(pool.server(address));
    }

    private void later() {
        pool.clock.advance(Duration.ofSeconds(1));
    }

    @Test
    void isLostWhenChecksTookItDownAndAnotherHasPassedSince() {
        pool.pass(A, B);
        later();
        pool.hard(A, A, A);
        assertThat(isLost(A)).as("B may be next").isFalse();

        later();
        pool.pass(B);

        assertThat(isLost(A)).isTrue();
        assertThat(isLost(B)).isFalse();
    }

    @Test
    void hasTheOthersCheckedAtOnceWhenItGoesDown() {
        pool.pass(A, B);
        later();
        pool.hard(A, A);
        long requests = pool.server(B).checkRequests();

        pool.hard(A);
        pool.hard(A);

        assertThat(pool.server(B).checkRequests()).isEqualTo(requests + 1);
    }

    @Test
    void countsAPassBetweenTheFirstFailureAndTheLast() {
        pool.pass(A, B);
        later();
        pool.hard(A);
        later();
        pool.pass(B);
        later();
        pool.hard(A);
        assertThat(isLost(A)).as("not down yet").isFalse();

        pool.hard(A);

        assertThat(isLost(A)).isTrue();
        assertThat(pool.server(B).checkRequests())
                .as("has said already how it is")
                .isZero();
    }

    @Test
    void isNotLostByTrafficAlone() {
        pool.pass(A, B);
        later();
        pool.refuseConnection(A);
        pool.refuseConnection(A);
        pool.refuseConnection(A);
        later();
        pool.pass(B);

        assertThat(pool.server(A).state()).isEqualTo(ServerState.DOWN);
        assertThat(isLost(A)).isFalse();
    }

    @Test
    void isLostByTrafficAndOneCheck() {
        pool.pass(A, B);
        later();
        pool.refuseConnection(A);
        pool.refuseConnection(A);
        pool.refuseConnection(A);
        later();
        pool.pass(B);

        pool.hard(A);

        assertThat(isLost(A)).isTrue();
    }

    @Test
    void isNotLostWhileNoOtherServerIsUsable() {
        pool.pass(A, B);
        later();
        pool.hard(A, A, A);
        later();
        pool.pass(B);

        pool.admin(B, AdminState.DRAIN);

        assertThat(isLost(A)).isFalse();
    }

    @Test
    void isNotLostWhenItComesBack() {
        pool.pass(A, B);
        later();
        pool.hard(A, A, A);
        later();
        pool.pass(B);

        pool.pass(A);
        assertThat(isLost(A)).as("a passed check is a reason to wait").isFalse();
        pool.pass(A);

        assertThat(isLost(A)).isFalse();
        assertThat(pool.server(A).failingSince()).isNull();
    }

    @Test
    void isNotLostWhenEveryServerFailsOneAfterTheOther() {
        pool.pass(A, B);
        later();
        pool.hard(A, B);
        later();
        pool.hard(A, B);
        later();
        pool.hard(A, B);

        assertThat(isLost(A)).isFalse();
        assertThat(isLost(B)).isFalse();
    }

    @Test
    void failsSinceTheFirstFailureOfTrafficOrCheck() {
        pool.pass(A, B);
        later();
        pool.refuseConnection(A);
        long first = pool.clock.nanos();
        later();
        pool.hard(A);

        assertThat(pool.server(A).failingSince()).isEqualTo(first);
    }

    @Test
    void goesOnFailingAfterOneGoodConnectionIfAChecksFailedToo() {
        pool.pass(A, B);
        pool.hard(A);

        Lease good = pool.take(B);
        good.connected();
        good.sent(1);

        assertThat(pool.server(A).failingSince()).isNotNull();
        good.close(CloseReason.CLIENT);
    }

    @Test
    void isNotLostForAPassAtTheMomentOfItsFirstFailure() {
        pool.pass(A, B);

        pool.hard(A, A, A);
        pool.pass(B);
        assertThat(isLost(A)).isFalse();
        pool.clock.advance(Duration.ofNanos(1));
        pool.pass(B);

        assertThat(isLost(A)).isTrue();
    }

    @Test
    void tellsNobodyAnythingElseWhereThereIsNoOtherToBeAsked() {
        TestPool alone = TestPool.managing(A);
        List<ServerList> lists = new ArrayList<>();
        alone.pool.subscribe(lists::add);

        alone.hard(A);

        assertThat(alone.server(A).state()).isEqualTo(ServerState.DOWN);
        assertThat(lists).as("the first and the one without A").hasSize(2);
    }

    @Test
    void countsFromTheFailureAfterItSaidThatItWasNotReady() {
        pool.pass(A, B);
        later();
        pool.hard(A);
        later();
        pool.pass(B);
        later();
        pool.soft(A);
        later();

        pool.hard(A);

        assertThat(pool.server(A).condition().hardDown()).isTrue();
        assertThat(pool.pool.list().isLost(pool.server(A)))
                .as("B may be next: what failed before is long over")
                .isFalse();
    }
}
