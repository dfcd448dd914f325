package io.apiserverlb.pool;

import static io.apiserverlb.pool.TestPool.A;
import static io.apiserverlb.pool.TestPool.B;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The three axes of a server (admin, health, weight), and what they make of it together. */
class AdminStateTest {
    private final TestPool pool = TestPool.managing(A, B);

    @Test
    void isUsableFromTheStartWhenItIsManaged() {
        assertThat(pool.usable()).containsExactly(A, B);
        assertThat(pool.pool.list().usable()).isEqualTo(2);
        assertThat(pool.server(A).state()).isEqualTo(ServerState.UNCHECKED);
        assertThat(pool.server(A).reason()).isEmpty();
    }

    @Test
    void followsTheHealthWhileReady() {
        pool.pass(A);
        assertThat(pool.server(A).state()).isEqualTo(ServerState.UP);

        pool.hard(A);
        assertThat(pool.server(A).state()).isEqualTo(ServerState.GOING_DOWN);
        assertThat(pool.server(A).usable()).isTrue();

        pool.hard(A, A);
        assertThat(pool.server(A).state()).isEqualTo(ServerState.DOWN);
        assertThat(pool.server(A).usable()).isFalse();

        pool.pass(A);
        assertThat(pool.server(A).state()).isEqualTo(ServerState.GOING_UP);
        assertThat(pool.server(A).usable()).isFalse();

        pool.pass(A);
        assertThat(pool.server(A).usable()).isTrue();

        pool.soft(A);
        assertThat(pool.server(A).state()).isEqualTo(ServerState.STOPPING);
        assertThat(pool.server(A).usable()).isFalse();
    }

    @Test
    void takesNoNewSessionsWhileDrainedButIsStillChecked() {
        pool.pass(A);

        pool.admin(A, AdminState.DRAIN);
        pool.hard(A);

        assertThat(pool.server(A).state()).isEqualTo(ServerState.DRAIN);
        assertThat(pool.usable()).containsExactly(B);
        assertThat(pool.pool.list().usable()).isEqualTo(1);
        assertThat(pool.server(A).reason()).isEqualTo("being drained");
        assertThat(pool.server(A).checkable()).isTrue();
        assertThat(pool.server(A).health().credit()).isEqualTo(3);
    }

    @Test
    void takesNoNewSessionsInMaintenanceAndIgnoresLateChecks() {
        pool.pass(A);

        pool.admin(A, AdminState.MAINT);
        pool.hard(A);

        assertThat(pool.server(A).state()).isEqualTo(ServerState.MAINT);
        assertThat(pool.usable()).containsExactly(B);
        assertThat(pool.server(A).reason()).isEqualTo("in maintenance");
        assertThat(pool.server(A).checkable()).isFalse();
        assertThat(pool.server(A).health().credit()).isEqualTo(4);
    }

    @Test
    void comesBackReadyInDoubtAndIsCheckedAtOnce() {
        pool.pass(A);
        pool.admin(A, AdminState.DRAIN);
        long requests = pool.server(A).checkRequests();

        pool.admin(A, AdminState.READY);

        assertThat(pool.server(A).usable()).isTrue();
        assertThat(pool.server(A).health().credit()).isEqualTo(2);
        assertThat(pool.server(A).state()).isEqualTo(ServerState.UNCHECKED);
        assertThat(pool.server(A).checkRequests()).isGreaterThan(requests);

        pool.hard(A);
        assertThat(pool.server(A).state()).isEqualTo(ServerState.DOWN);
    }

    @Test
    void comesBackEvenIfItWasDown() {
        pool.down(A);
        pool.admin(A, AdminState.MAINT);

        pool.admin(A, AdminState.READY);

        assertThat(pool.server(A).usable()).isTrue();
    }

    @Test
    void doesNotRequestAnotherCheckWhenItIsReadyAlready() {
        long requests = pool.server(A).checkRequests();

        pool.admin(A, AdminState.READY);

        assertThat(pool.server(A).checkRequests()).isEqualTo(requests);
    }

    @Test
    void takesNoNewSessionsWithWeightZero() {
        pool.pass(A);

        pool.weight(A, 0);

        assertThat(pool.server(A).usable()).isFalse();
        assertThat(pool.server(A).state()).as("the weight is no state").isEqualTo(ServerState.UP);
        assertThat(pool.server(A).reason()).isEqualTo("weight 0");

        pool.weight(A, 256);
        assertThat(pool.server(A).usable()).isTrue();
    }

    @Test
    void keepsHealthAndWeightApartFromTheAdminState() {
        pool.pass(A);
        pool.weight(A, 10);
        pool.hard(A);

        pool.admin(A, AdminState.DRAIN);

        assertThat(pool.server(A).setting()).isEqualTo(new Setting(AdminState.DRAIN, 10));
        assertThat(pool.server(A).health().credit()).isEqualTo(3);
    }

    @Test
    void showsTheFirstStateThatAppliesInTheOrderOfTheContract() {
        TestPool discovering = TestPool.builder().discovered(A, B).build();
        discovering.down(A);
        assertThat(discovering.server(A).state()).isEqualTo(ServerState.DOWN);

        discovering.admin(A, AdminState.DRAIN);
        assertThat(discovering.server(A).state()).as("drain before health").isEqualTo(ServerState.DRAIN);

        discovering.admin(A, AdminState.MAINT);
        assertThat(discovering.server(A).state()).isEqualTo(ServerState.MAINT);

        discovering.discover(B);
        assertThat(discovering.server(A).state())
                .as("removing before the admin state")
                .isEqualTo(ServerState.REMOVING);
    }

    @Test
    void datesEachChangeOfState() {
        pool.pass(A);
        pool.clock.advance(Duration.ofSeconds(5));
        pool.pass(A);
        assertThat(pool.server(A).since()).isEqualTo(pool.clock.instant().minusSeconds(5));

        pool.admin(A, AdminState.DRAIN);
        assertThat(pool.server(A).since()).isEqualTo(pool.clock.instant());
    }

    @Test
    void saysWhatItsLastCheckFoundWhenItIsDown() {
        pool.down(A);

        assertThat(pool.server(A).reason()).isEqualTo("L4CON for the test");
    }
}
