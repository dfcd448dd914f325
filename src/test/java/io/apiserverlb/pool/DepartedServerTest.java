package io.apiserverlb.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class DepartedServerTest {
    private final TestPool pool = TestPool.managing(TestPool.A);

    @Test
    void hasItsCountersBackIfItComesBackWhileItsSessionsGoOn() {
        Lease lease = Objects.requireNonNull(pool.pool.acquire(TestPool.CLIENT, List.of()));
        replace();

        replace(TestPool.A);

        assertThat(pool.server(TestPool.A).load().active()).isEqualTo(1);
        lease.close(CloseReason.CLIENT);
        assertThat(pool.server(TestPool.A).load().active()).isZero();
    }

    @Test
    void beginsAnewOnceItsSessionsHaveEnded() {
        Load before = pool.server(TestPool.A).load();
        Lease lease = Objects.requireNonNull(pool.pool.acquire(TestPool.CLIENT, List.of()));
        replace();
        lease.close(CloseReason.CLIENT);
        pool.pool.forget();

        replace(TestPool.A);

        assertThat(pool.server(TestPool.A).load()).isNotSameAs(before);
    }

    @Test
    void isNotForgottenWhileItsSessionsGoOn() {
        Lease lease = Objects.requireNonNull(pool.pool.acquire(TestPool.CLIENT, List.of()));
        replace();

        pool.pool.forget();
        replace(TestPool.A);

        assertThat(pool.server(TestPool.A).load().active()).isEqualTo(1);
        lease.close(CloseReason.CLIENT);
    }

    @Test
    void beginsAnewThoughNobodyHasForgottenItYet() {
        Load before = pool.server(TestPool.A).load();
        Lease lease = Objects.requireNonNull(pool.pool.acquire(TestPool.CLIENT, List.of()));
        replace();
        lease.close(CloseReason.CLIENT);

        replace(TestPool.A);

        assertThat(pool.server(TestPool.A).load()).isNotSameAs(before);
    }

    @Test
    void beginsAnewAtOnceIfItHadNoSessions() {
        Load before = pool.server(TestPool.A).load();
        replace();

        replace(TestPool.A);

        assertThat(pool.server(TestPool.A).load()).isNotSameAs(before);
    }

    @Test
    void beginsAnewIfItLeavesAgainOnceItsSessionsHaveEnded() {
        Load before = pool.server(TestPool.A).load();
        Lease lease = Objects.requireNonNull(pool.pool.acquire(TestPool.CLIENT, List.of()));
        replace();
        replace(TestPool.A);
        lease.close(CloseReason.CLIENT);
        replace();

        replace(TestPool.A);

        assertThat(pool.server(TestPool.A).load()).isNotSameAs(before);
    }

    private void replace(ServerAddress... addresses) {
        pool.pool.change(new ListChange.Replace(List.of(addresses)), OptionalLong.empty(), "test");
    }
}
