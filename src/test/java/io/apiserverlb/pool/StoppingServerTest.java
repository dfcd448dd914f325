package io.apiserverlb.pool;

import static io.apiserverlb.pool.TestPool.A;
import static io.apiserverlb.pool.TestPool.B;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** When a server that says that it is not ready loses its sessions. */
class StoppingServerTest {
    private final TestPool pool = TestPool.managing(A, B);

    private boolean isStoppingAlone(ServerAddress address) {
        return pool.pool.list().isStoppingAlone(pool.server(address));
    }

    private void later() {
        pool.clock.advance(Duration.ofSeconds(1));
    }

    @Test
    void isAloneOnceAnotherHasPassedSince() {
        pool.pass(A, B);
        later();
        pool.soft(A);
        later();
        pool.soft(A);
        assertThat(pool.server(A).stopping()).isTrue();
        assertThat(isStoppingAlone(A)).as("B may be next").isFalse();

        later();
        pool.pass(B);

        assertThat(isStoppingAlone(A)).isTrue();
        assertThat(isStoppingAlone(B)).isFalse();
    }

    @Test
    void countsFromTheFirstOfItsAnswers() {
        pool.pass(A, B);
        later();
        pool.soft(A);
        later();
        pool.pass(B);
        later();
        pool.soft(A);

        assertThat(isStoppingAlone(A)).isTrue();
    }

    @Test
    void isNotAloneForAPassOfItsOwn() {
        pool.pass(A, B);
        later();
        pool.soft(A);
        later();
        pool.pass(A);
        assertThat(pool.server(A).stopping()).isTrue();

        assertThat(isStoppingAlone(A)).isFalse();
    }

    @Test
    void staysAloneWhileItIsNeverReadyForLong() {
        pool.pass(A, B);
        later();
        pool.soft(A);
        later();
        pool.pass(A, B);
        assertThat(isStoppingAlone(A)).isTrue();

        later();
        pool.soft(A);
        assertThat(isStoppingAlone(A)).isTrue();

        pool.pass(A, A);
        assertThat(pool.server(A).stopping()).isFalse();
        assertThat(isStoppingAlone(A)).isFalse();
    }

    @Test
    void isNotAloneWhenAllAreRed() {
        pool.pass(A, B);
        later();
        pool.soft(A);
        later();
        pool.pass(B);
        later();

        pool.soft(B);

        assertThat(isStoppingAlone(A)).isFalse();
        assertThat(isStoppingAlone(B)).isFalse();
    }

    @Test
    void isNotAloneForAPassAtTheMomentOfItsFirstAnswer() {
        pool.pass(A);
        pool.soft(A);

        pool.pass(B);
        assertThat(isStoppingAlone(A)).isFalse();
        pool.clock.advance(Duration.ofNanos(1));
        pool.pass(B);

        assertThat(isStoppingAlone(A)).isTrue();
    }
}
