package io.apiserverlb.pool;

import static io.apiserverlb.pool.TestPool.A;
import static io.apiserverlb.pool.TestPool.B;
import static io.apiserverlb.pool.TestPool.C;
import static io.apiserverlb.pool.TestPool.D;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Soft failures that all servers have (a slow etcd, say) are no reason to have no server. */
class CommonCauseTest {
    private final TestPool pool = TestPool.managing(A, B, C);

    @Test
    void stopsTheServersThatSaySoWhileAnotherIsReady() {
        pool.pass(A, B, C);

        pool.soft(A, B);

        assertThat(pool.usable()).containsExactly(C);
        assertThat(pool.pool.list().commonCause()).isFalse();
    }

    @Test
    void ignoresSoftFailuresOnceNoPrimaryWouldBeLeft() {
        pool.pass(A, B, C);

        pool.soft(A, B, C);

        assertThat(pool.usable()).containsExactly(A, B, C);
        assertThat(pool.pool.list().commonCause()).isTrue();
        assertThat(pool.pool.list().mode()).isEqualTo(Mode.NORMAL);
        assertThat(pool.server(A).state()).isEqualTo(ServerState.UP);
        assertThat(pool.server(A).condition().softIgnored()).isTrue();
    }

    @Test
    void countsThemAgainAsSoonAsOnePrimaryIsReady() {
        pool.pass(A, B, C);
        pool.soft(A, B, C);

        pool.pass(C, C);

        assertThat(pool.usable()).containsExactly(C);
        assertThat(pool.server(A).state()).isEqualTo(ServerState.STOPPING);
    }

    @Test
    void hasTheOthersCheckedAtOnceWhenItIsOver() {
        pool.pass(A, B, C);
        pool.soft(A, B, C);
        pool.pass(C);
        assertThat(pool.server(A).checkRequests()).as("C is not back yet").isZero();

        pool.pass(C);

        assertThat(pool.server(A).checkRequests()).isEqualTo(1);
        assertThat(pool.server(B).checkRequests()).isEqualTo(1);
        assertThat(pool.server(C).checkRequests()).isZero();
    }

    @Test
    void doesNotDependOnTheOrderOfTheFailures() {
        pool.pass(A, B, C);
        pool.soft(C, A, B);
        TestPool other = TestPool.managing(A, B, C);
        other.pass(A, B, C);
        other.soft(B);
        other.down(C);
        other.soft(A);

        assertThat(pool.usable()).containsExactly(A, B, C);
        assertThat(other.usable()).containsExactly(A, B);
    }

    @Test
    void keepsTheLastPrimaryThatIsUpThoughItSaysNotReady() {
        pool.pass(A, B, C);

        pool.down(B, C);
        pool.soft(A);

        assertThat(pool.usable()).containsExactly(A);
    }

    @Test
    void doesNotBringBackServersThatAreDownDrainedOrWithoutWeight() {
        pool.pass(A, B, C);
        pool.down(B);
        pool.admin(C, AdminState.DRAIN);

        pool.soft(A, B, C);

        assertThat(pool.usable()).containsExactly(A);
        assertThat(pool.server(B).state()).isEqualTo(ServerState.DOWN);
        assertThat(pool.server(A).stopping()).isFalse();
        assertThat(pool.server(C).stopping()).isTrue();
    }

    @Test
    void appliesToPrimariesOnly() {
        TestPool withSeed =
                TestPool.builder().managed(A, B).seeds("https://10.0.0.4:6443").build();
        withSeed.pass(A, B, D);

        withSeed.soft(A, B, D);

        assertThat(withSeed.usable()).containsExactly(A, B);
        assertThat(withSeed.server(D).state()).isEqualTo(ServerState.STOPPING);
        withSeed.soft(A);
        assertThat(withSeed.server(D).checkRequests()).as("nothing is over").isZero();
    }

    @Test
    void countsTheFallbackAsNoPrimary() {
        TestPool withSeed =
                TestPool.builder().managed(A).seeds("https://10.0.0.4:6443").build();
        withSeed.pass(A, D);

        withSeed.soft(A);

        assertThat(withSeed.pool.list().commonCause()).isTrue();
        assertThat(withSeed.next()).isEqualTo(A);
    }

    @Test
    void takesAServerDownThatFailsHardNonetheless() {
        pool.pass(A, B, C);
        pool.soft(A, B, C);

        pool.hard(A);

        assertThat(pool.usable()).containsExactly(B, C);
        assertThat(pool.server(A).state()).isEqualTo(ServerState.DOWN);
    }

    @Test
    void showsTheCreditOfAServerWhoseSoftFailuresAreIgnored() {
        pool.pass(A, B, C);
        pool.hard(A);

        pool.soft(A, B, C);

        assertThat(pool.server(A).state()).isEqualTo(ServerState.GOING_DOWN);
        assertThat(pool.server(B).state()).isEqualTo(ServerState.UP);
    }

    @Test
    void datesTheStateThatItChangesWhenAServerLeaves() {
        pool.pass(A, B, C);
        pool.soft(A, B);
        pool.clock.advance(Duration.ofMinutes(1));

        pool.change(new ListChange.Remove(C));

        assertThat(pool.server(A).state()).isEqualTo(ServerState.UP);
        assertThat(pool.server(A).since()).isEqualTo(pool.clock.instant());
        assertThat(pool.messages()).contains(A + " is up: not ready, as every primary says, which is ignored");
    }

    @Test
    void isTold() {
        pool.pass(A, B, C);

        pool.soft(A, B, C);
        pool.pass(C, C);

        assertThat(pool.events.latest())
                .filteredOn(event -> event.type() == Event.Type.MODE)
                .extracting(Event::severity, Event::message)
                .containsExactly(
                        tuple(
                                Event.Severity.WARN,
                                "every primary says that it is not ready: ignored, since that leaves no server"),
                        tuple(Event.Severity.INFO, "not every primary says that it is not ready any more"));
    }
}
