package io.apiserverlb.pool;

import static io.apiserverlb.pool.TestPool.A;
import static io.apiserverlb.pool.TestPool.B;
import static io.apiserverlb.pool.TestPool.C;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The list while another process takes over, and after it gave up. */
class HandOverTest {
    private final TestPool pool = TestPool.managing(A, B);

    @Test
    void letsOperatorsChangeNothingThatTheOtherProcessWouldNotKnowOf() {
        ServerList left = pool.pool.leaveToOther();

        ListChangeException refusal =
                catchThrowableOfType(ListChangeException.class, () -> pool.change(new ListChange.Add(C, null)));

        assertThat(refusal.kind()).isEqualTo(ListChangeException.Kind.ELSEWHERE);
        assertThat(refusal).hasMessageContaining("another process takes over");
        assertThat(pool.pool.list()).isSameAs(left);
    }

    @Test
    void goesOnWithChecksAndSessions() {
        var unused = pool.pool.leaveToOther();

        pool.down(A);

        assertThat(pool.usable()).containsExactly(B);
        assertThat(pool.next()).isEqualTo(B);
    }

    @Test
    void letsOperatorsChangeItAgainOnceItIsTakenBack() {
        List<ServerList> given = new ArrayList<>();
        var unused = pool.pool.leaveToOther();

        pool.pool.takeBack(given::add);

        assertThat(given).containsExactly(pool.pool.list());
        pool.change(new ListChange.Add(C, null));
        assertThat(pool.servers()).containsExactly(A, B, C);
        assertThat(given).as("only then").hasSize(1);
    }
}
