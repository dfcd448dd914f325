package io.apiserverlb.pool;

import static io.apiserverlb.pool.TestPool.A;
import static io.apiserverlb.pool.TestPool.B;
import static io.apiserverlb.pool.TestPool.C;
import static io.apiserverlb.pool.TestPool.D;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What the cluster itself says of its servers. */
class DiscoveredListTest {
    private final TestPool pool = TestPool.builder().discovered(A, B).self(D).build();

    @Test
    void trustsServersThatWorkedInTheLastLife() {
        assertThat(pool.usable()).containsExactly(A, B);
    }

    @Test
    void usesANewServerOnlyAfterAPassedCheck() {
        assertThat(pool.pool.reconcile(List.of(A, B, C), "discovery")).isTrue();
        assertThat(pool.server(C).state()).isEqualTo(ServerState.UNCHECKED);
        assertThat(pool.server(C).usable()).isFalse();
        assertThat(pool.server(C).reason()).isEqualTo("not checked yet");

        pool.pass(C);
        assertThat(pool.server(C).usable()).isTrue();
    }

    @Test
    void trustsANewServerThatIsAManagedOneAsWell() {
        TestPool managing = TestPool.managing(A);

        managing.discover(A, B);

        assertThat(managing.usable()).containsExactly(A);
        assertThat(managing.server(A).place().origins()).containsExactlyInAnyOrder(Origin.MANAGED, Origin.DISCOVERED);
    }

    @Test
    void isNeverEmptiedByAnEmptyAnswer() {
        ServerList before = pool.pool.list();

        boolean taken = pool.pool.reconcile(List.of(), "discovery");

        assertThat(taken).isFalse();
        assertThat(pool.pool.list()).isSameAs(before);
    }

    @Test
    void keepsAServerThatLeftForAWhileButSendsItNoSessions() {
        pool.pass(A, B);

        pool.discover(B);

        assertThat(pool.server(A).state()).isEqualTo(ServerState.REMOVING);
        assertThat(pool.server(A).place().removingSince()).isEqualTo(pool.clock.instant());
        assertThat(pool.server(A).reason()).isEqualTo("it left discovery");
        assertThat(pool.server(A).checkable()).isTrue();
        assertThat(pool.usable()).containsExactly(B);
        assertThat(pool.pool.list().membership().effective()).containsExactly(B);
    }

    @Test
    void restoresTheRecordOfAServerThatComesBack() {
        pool.pass(A, B);
        pool.hard(A);
        pool.weight(A, 50);
        Server before = pool.server(A);
        pool.discover(B);
        pool.clock.advance(Duration.ofMinutes(9));

        pool.discover(A, B);

        Server after = pool.server(A);
        assertThat(after.usable()).isTrue();
        assertThat(after.place()).isEqualTo(before.place());
        assertThat(after.health()).isEqualTo(before.health());
        assertThat(after.setting()).isEqualTo(before.setting());
        assertThat(after.load()).isSameAs(before.load());
    }

    @Test
    void goesOnCheckingAServerThatLeft() {
        pool.pass(A, B);
        pool.discover(B);

        pool.down(A);
        pool.discover(A, B);

        assertThat(pool.server(A).state()).isEqualTo(ServerState.DOWN);
    }

    @Test
    void forgetsAServerThatStaysAway() {
        pool.discover(B);

        pool.clock.advance(Duration.ofMinutes(10).minusNanos(1));
        pool.pool.forget();
        assertThat(pool.servers()).containsExactly(B, A);

        pool.clock.advance(Duration.ofNanos(1));
        pool.pool.forget();
        assertThat(pool.servers()).containsExactly(B);
        assertThat(pool.messages()).endsWith("remove " + A);
    }

    @Test
    void countsTheAbsenceFromTheFirstAnswerWithoutTheServer() {
        pool.discover(B);
        pool.clock.advance(Duration.ofMinutes(6));
        pool.discover(B, C);
        pool.clock.advance(Duration.ofMinutes(4));

        pool.pool.forget();

        assertThat(pool.servers()).containsExactly(B, C);
    }

    @Test
    void provesAServerAnewThatWasForgotten() {
        pool.pass(A, B);
        pool.discover(B);
        pool.clock.advance(Duration.ofMinutes(10));
        pool.pool.forget();

        pool.discover(A, B);

        assertThat(pool.server(A).usable()).isFalse();
    }

    @Test
    void keepsAManagedServerThatLeftDiscoveryInUse() {
        TestPool both = TestPool.builder().managed(A).discovered(A, B).build();

        both.discover(B);

        assertThat(both.usable()).containsExactly(A, B);
        assertThat(both.server(A).place().origins()).containsExactly(Origin.MANAGED);
    }

    @Test
    void makesASeedThatLeftDiscoveryAFallback() {
        TestPool both = TestPool.builder()
                .discovered(A, B)
                .seeds("https://10.0.0.1:6443")
                .build();

        both.discover(B);

        assertThat(both.server(A).place().role()).isEqualTo(Role.FALLBACK);
        assertThat(both.usable()).containsExactlyInAnyOrder(A, B);
    }

    @Test
    void sparesASeedThatLeftDiscoveryUntilItHasStayedAway() {
        TestPool both = TestPool.builder()
                .discovered(A, B)
                .seeds("https://10.0.0.1:6443")
                .build();
        Place before = both.server(A).place();
        both.discover(B);
        Instant left = both.clock.instant();

        both.clock.advance(Duration.ofMinutes(10).minusNanos(1));
        both.pool.forget();
        assertThat(both.server(A).place().spareSince()).isEqualTo(left);
        both.pass(B);
        assertThat(both.pool.list().failsBackFrom(both.server(A))).isFalse();
        both.discover(A, B);
        assertThat(both.server(A).place()).isEqualTo(before);

        both.discover(B);
        both.clock.advance(Duration.ofMinutes(10));
        both.pool.forget();
        assertThat(both.server(A).place().spareSince()).isNull();
        assertThat(both.pool.list().failsBackFrom(both.server(A))).isTrue();
    }

    @Test
    void keepsNoMoreServersThatLeftThanThereIsRoomFor() {
        int room = Capacity.of(Runtime.getRuntime().maxMemory()).servers();
        for (int i = 0; i <= room / 100; i++) {
            String network = "10." + i / 200 + "." + i % 200 + ".";
            pool.discover(IntStream.rangeClosed(1, 100)
                    .mapToObj(host -> TestPool.address(network + host + ":6443"))
                    .toArray(ServerAddress[]::new));
        }
        ServerAddress next = TestPool.address("10.255.0.1:6443");

        pool.discover(next);

        assertThat(pool.servers()).hasSize(room).contains(next);
    }

    @Test
    void canBeManagedWhileItIsRemoving() {
        pool.discover(B);

        pool.change(new ListChange.Add(A, null));

        assertThat(pool.usable()).containsExactlyInAnyOrder(A, B);
        assertThat(pool.server(A).place().origins()).containsExactly(Origin.MANAGED);
    }

    @Test
    void canBeSetWhileItIsRemoving() {
        pool.discover(B);

        Changed changed = pool.change(new ListChange.Patch(A, AdminState.DRAIN, 5));

        assertThat(changed.changes()).containsExactly(A + ": admin ready → drain", A + ": weight 100 → 5");
        assertThat(pool.server(A).setting()).isEqualTo(new Setting(AdminState.DRAIN, 5));
        assertThat(pool.server(A).state()).isEqualTo(ServerState.REMOVING);

        pool.discover(A, B);
        assertThat(pool.server(A).state()).isEqualTo(ServerState.DRAIN);
    }

    @Test
    void neverContainsTheBalancerItself() {
        pool.discover(A, D);

        assertThat(pool.servers()).doesNotContain(D);
        assertThat(TestPool.builder()
                        .managed(A, D)
                        .seeds("https://10.0.0.4:6443")
                        .self(D)
                        .build()
                        .servers())
                .containsExactly(A);
    }

    @Test
    void tellsWhatChanged() {
        pool.discover(B, C);

        assertThat(pool.messages()).contains(A + ": removing, add " + C);
        assertThat(pool.events.latest()).last().satisfies(event -> {
            assertThat(event.type()).isEqualTo(Event.Type.LIST);
            assertThat(event.actor()).isEqualTo("discovery");
        });
    }

    @Test
    void isNeverEmptiedByAnAnswerThatNamesTheBalancerOnly() {
        ServerList before = pool.pool.list();

        boolean taken = pool.pool.reconcile(List.of(D), "discovery");

        assertThat(taken).isFalse();
        assertThat(pool.pool.list()).isSameAs(before);
    }

    @Test
    void doesNotHoldTheBalancerItself() {
        pool.discover(A, B, C, D);

        assertThat(pool.pool.list().membership().effective()).containsExactly(A, B, C);
    }

    @Test
    void isTheSameInAnotherOrderAndThenToldToNobody() {
        ServerList before = pool.pool.list();

        pool.discover(B, A, B);
        pool.pool.forget();

        assertThat(pool.pool.list()).isSameAs(before);
        assertThat(pool.events.latest()).isEmpty();
    }

    @Test
    void tellsItsListenersWhatCameOfEachAttempt() {
        List<DiscoveryOutcome> told = new ArrayList<>();
        pool.pool.subscribe(new TrafficListener() {
            @Override
            public void discovered(DiscoveryOutcome outcome) {
                told.add(outcome);
            }
        });

        pool.discover(B, A);
        pool.discover(A);
        pool.discover();
        pool.pool.discoveryFailed();

        assertThat(told)
                .containsExactly(
                        DiscoveryOutcome.UNCHANGED,
                        DiscoveryOutcome.SUCCESS,
                        DiscoveryOutcome.IGNORED_EMPTY,
                        DiscoveryOutcome.FAILURE);
    }

    @Test
    void isAskedWhichAddressIsTheBalancerItself() {
        assertThat(pool.pool.isSelf(D)).isTrue();
        assertThat(pool.pool.isSelf(A)).isFalse();
    }
}
