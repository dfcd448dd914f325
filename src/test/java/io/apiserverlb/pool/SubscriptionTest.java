package io.apiserverlb.pool;

import static io.apiserverlb.pool.TestPool.A;
import static io.apiserverlb.pool.TestPool.B;
import static io.apiserverlb.pool.TestPool.C;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who follows the list gets it whole. */
class SubscriptionTest {
    private final TestPool pool = TestPool.managing(A, B);
    private final List<ServerList> lists = new ArrayList<>();

    @Test
    void beginsWithThePresentList() {
        pool.pool.subscribe(lists::add);

        assertThat(lists).containsExactly(pool.pool.list());
    }

    @Test
    void getsEachListWholeAndInOrder() {
        pool.pool.subscribe(lists::add);

        pool.change(new ListChange.Add(C, null));
        pool.pass(A);
        pool.admin(A, AdminState.DRAIN);

        assertThat(lists).hasSize(4);
        assertThat(lists).extracting(list -> list.servers().size()).containsExactly(2, 3, 3, 3);
        assertThat(lists.get(1).servers()).extracting(Server::address).containsExactly(A, B, C);
        assertThat(lists.get(2).find(A)).get().extracting(Server::state).isEqualTo(ServerState.UP);
        assertThat(lists.get(3)).isSameAs(pool.pool.list());
    }

    @Test
    void getsNothingForAQuestion() {
        pool.pool.subscribe(lists::add);

        pool.preview(new ListChange.Remove(A));
        pool.pool.list().named(A);
        pool.pool.list().mode();
        pool.pool.list().usable();
        pool.pool.list().servers().forEach(Server::reason);
        pool.events.latest();

        assertThat(lists).hasSize(1);
    }

    @Test
    void doesNotMoveTheTurnByAQuestion() {
        TestPool asked = TestPool.managing(A, B, C);
        TestPool left = TestPool.managing(A, B, C);
        List<ServerAddress> ofAsked = new ArrayList<>();
        List<ServerAddress> ofLeft = new ArrayList<>();

        for (int i = 0; i < 30; i++) {
            ofAsked.add(asked.next());
            asked.pool.list().usable();
            asked.pool.list().servers().forEach(Server::usable);
            asked.preview(new ListChange.Remove(A));
            ofLeft.add(left.next());
        }

        assertThat(ofAsked).isEqualTo(ofLeft);
    }

    @Test
    void getsNothingForASessionThatWorks() {
        pool.pool.subscribe(lists::add);

        Lease lease = pool.take();
        lease.connected();
        lease.taken();
        lease.received(1);
        lease.sent(1);
        lease.close(CloseReason.CLIENT);

        assertThat(lists).hasSize(1);
    }

    @Test
    void cannotChangeAList() {
        pool.pool.subscribe(lists::add);

        assertThat(lists.get(0).servers()).isUnmodifiable();
        assertThat(lists.get(0).membership().managed()).isUnmodifiable();
        assertThat(lists.get(0).named(A)).isUnmodifiable();
    }
}
