package io.apiserverlb.pool;

import static io.apiserverlb.pool.TestPool.A;
import static io.apiserverlb.pool.TestPool.B;
import static io.apiserverlb.pool.TestPool.C;
import static io.apiserverlb.pool.TestPool.D;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an operator does to the list. */
class ListChangeTest {
    private final TestPool pool =
            TestPool.builder().managed(A, B).version(7).self(D).build();

    private ListChangeException refusal(ListChange change) {
        ServerList before = pool.pool.list();
        ListChangeException refusal = catchThrowableOfType(ListChangeException.class, () -> pool.change(change));
        assertThat(pool.pool.list()).as("a refused change changes nothing").isSameAs(before);
        return refusal;
    }

    // ---- the whole list

    @Test
    void replacesTheManagedList() {
        Lease onA = pool.take(B);

        Changed changed = pool.change(new ListChange.Replace(List.of(B, C)));

        assertThat(pool.servers()).containsExactly(B, C);
        assertThat(pool.pool.list().version()).isEqualTo(8);
        assertThat(changed.list()).isSameAs(pool.pool.list());
        assertThat(changed.changes()).containsExactly("remove " + A, "add " + C);
        assertThat(changed.sessionsToClose()).isEqualTo(1);
        onA.close(CloseReason.REMOVED);
    }

    @Test
    void keepsTheRecordOfAServerThatStays() {
        pool.pass(B);
        Server before = pool.server(B);

        pool.change(new ListChange.Replace(List.of(C, B)));

        assertThat(pool.server(B)).isEqualTo(before);
    }

    @Test
    void takesEachAddressOnce() {
        pool.change(new ListChange.Replace(List.of(C, A, C)));

        assertThat(pool.pool.list().membership().managed()).containsExactly(C, A);
    }

    @Test
    void canHaveAThousandAddressesAndNoMore() {
        List<ServerAddress> thousand = IntStream.rangeClosed(1, 1_000)
                .mapToObj(port -> new ServerAddress("10.0.0.1", port))
                .toList();
        List<ServerAddress> more = new ArrayList<>(thousand);
        more.add(A);

        ListChangeException tooLong = refusal(new ListChange.Replace(more));
        pool.change(new ListChange.Replace(thousand));
        ListChangeException oneMore = refusal(new ListChange.Add(A, null));

        assertThat(List.of(tooLong, oneMore)).allSatisfy(refusal -> {
            assertThat(refusal.kind()).isEqualTo(ListChangeException.Kind.INVALID);
            assertThat(refusal).hasMessage("the managed list can have 1000 addresses, not 1001");
        });
    }

    @Test
    void mayEmptyTheManagedList() {
        pool.change(new ListChange.Replace(List.of()));

        assertThat(pool.servers()).isEmpty();
        assertThat(pool.pool.list().version()).isEqualTo(8);
    }

    @Test
    void staysAtItsVersionWhenNothingChanges() {
        Changed changed = pool.change(new ListChange.Replace(List.of(A, B)));

        assertThat(pool.pool.list().version()).isEqualTo(7);
        assertThat(changed.changes()).isEmpty();
        assertThat(pool.events.latest()).isEmpty();
    }

    @Test
    void refusesItselfAsAServer() {
        ListChangeException refusal = refusal(new ListChange.Replace(List.of(A, D)));

        assertThat(refusal.kind()).isEqualTo(ListChangeException.Kind.INVALID);
        assertThat(refusal).hasMessage(D + " is this balancer itself, which is no server");
        assertThat(refusal(new ListChange.Add(D, null)).kind()).isEqualTo(ListChangeException.Kind.INVALID);
    }

    @Test
    void tellsTheListsWhenNoServerChanges() {
        String difference = "managed list [" + A + ", " + B + "] → [" + B + ", " + A + "]";

        Changed changed = pool.change(new ListChange.Replace(List.of(B, A)));

        assertThat(changed.changes()).containsExactly(difference);
        assertThat(pool.messages()).containsExactly(difference);
        assertThat(pool.pool.list().version()).isEqualTo(8);
    }

    @Test
    void countsTheSessionsThatGoBackFromASeed() {
        ServerAddress seed = TestPool.address("10.0.0.9:6443");
        TestPool alone = TestPool.builder().seeds("https://" + seed).build();
        alone.take();

        assertThat(alone.preview(new ListChange.Add(seed, null)).sessionsToClose())
                .as("is no seed alone any more")
                .isZero();
        assertThat(alone.preview(new ListChange.Add(A, null)).sessionsToClose()).isEqualTo(1);
        alone.change(new ListChange.Add(A, null));
        assertThat(alone.preview(new ListChange.Add(B, null)).sessionsToClose())
                .as("they are going already")
                .isZero();
    }

    // ---- one server

    @Test
    void addsAServerAtTheEnd() {
        Changed changed = pool.change(new ListChange.Add(C, null));

        assertThat(pool.servers()).containsExactly(A, B, C);
        assertThat(pool.server(C).setting()).isEqualTo(Setting.DEFAULT);
        assertThat(pool.server(C).usable())
                .as("an operator's server is trusted")
                .isTrue();
        assertThat(changed.changes()).containsExactly("add " + C);
        assertThat(changed.sessionsToClose()).isZero();
        assertThat(pool.pool.list().remembered()).as("nothing was set").isEmpty();
    }

    @Test
    void addsAServerWithAWeight() {
        Changed changed = pool.change(new ListChange.Add(C, 20));

        assertThat(pool.server(C).setting().weight()).isEqualTo(20);
        assertThat(changed.changes()).containsExactly("add " + C + " with weight 20");
    }

    @Test
    void refusesToAddWhatIsManagedAlready() {
        ListChangeException refusal = refusal(new ListChange.Add(A, null));

        assertThat(refusal.kind()).isEqualTo(ListChangeException.Kind.CONFLICT);
        assertThat(refusal).hasMessage(A + " is on the managed list already");
    }

    @Test
    void makesADiscoveredServerManagedAsWell() {
        pool.discover(C);

        Changed changed = pool.change(new ListChange.Add(C, null));

        assertThat(pool.server(C).place().origins()).containsExactlyInAnyOrder(Origin.MANAGED, Origin.DISCOVERED);
        assertThat(pool.server(C).usable()).as("it is still unproven").isFalse();
        assertThat(changed.changes()).containsExactly(C + ": discovered → managed+discovered");
    }

    @Test
    void removesAServer() {
        Changed changed = pool.change(new ListChange.Remove(A));

        assertThat(pool.servers()).containsExactly(B);
        assertThat(changed.changes()).containsExactly("remove " + A);
    }

    @Test
    void keepsARemovedServerThatIsDiscovered() {
        pool.discover(A);

        pool.change(new ListChange.Remove(A));

        assertThat(pool.server(A).place().origins()).containsExactly(Origin.DISCOVERED);
        assertThat(pool.server(A).usable()).isTrue();
    }

    @Test
    void refusesToRemoveAnUnknownServer() {
        ListChangeException refusal = refusal(new ListChange.Remove(C));

        assertThat(refusal.kind()).isEqualTo(ListChangeException.Kind.NOT_FOUND);
        assertThat(refusal).hasMessage("there is no server " + C);
    }

    @Test
    void refusesToRemoveADiscoveredServer() {
        pool.discover(C);

        ListChangeException refusal = refusal(new ListChange.Remove(C));

        assertThat(refusal.kind()).isEqualTo(ListChangeException.Kind.CONFLICT);
        assertThat(refusal).hasMessageContaining("drain");
    }

    @Test
    void refusesToRemoveASeed() {
        TestPool withSeed =
                TestPool.builder().managed(A).seeds("https://10.0.0.4:6443").build();

        ListChangeException refusal =
                catchThrowableOfType(ListChangeException.class, () -> withSeed.change(new ListChange.Remove(D)));

        assertThat(refusal.kind()).isEqualTo(ListChangeException.Kind.CONFLICT);
    }

    // ---- settings

    @Test
    void setsWhatIsGivenAndLeavesTheRest() {
        pool.change(new ListChange.Patch(A, AdminState.DRAIN, 50));
        pool.change(new ListChange.Patch(A, AdminState.READY, null));
        assertThat(pool.server(A).setting()).isEqualTo(new Setting(AdminState.READY, 50));

        pool.change(new ListChange.Patch(A, null, 60));
        assertThat(pool.server(A).setting()).isEqualTo(new Setting(AdminState.READY, 60));
        assertThat(pool.server(B).setting()).isEqualTo(Setting.DEFAULT);
    }

    @Test
    void tellsEachSettingThatChanges() {
        Lease lease = pool.take(B);

        Changed changed = pool.change(new ListChange.Patch(A, AdminState.DRAIN, 50));

        assertThat(changed.changes()).containsExactly(A + ": admin ready → drain", A + ": weight 100 → 50");
        assertThat(changed.sessionsToClose()).isEqualTo(1);
        lease.close(CloseReason.DRAIN);
    }

    @Test
    void setsSeedsToo() {
        TestPool withSeed =
                TestPool.builder().managed(A).seeds("https://10.0.0.4:6443").build();

        withSeed.admin(D, AdminState.DRAIN);

        assertThat(withSeed.server(D).state()).isEqualTo(ServerState.DRAIN);
    }

    @Test
    void refusesToSetAnUnknownServer() {
        assertThat(refusal(new ListChange.Patch(C, AdminState.DRAIN, null)).kind())
                .isEqualTo(ListChangeException.Kind.NOT_FOUND);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 257, Integer.MAX_VALUE})
    void refusesAWeightOutOfRange(int weight) {
        String reason = "the weight must be between 0 and 256, not " + weight;

        assertThat(refusal(new ListChange.Patch(A, null, weight)))
                .hasMessage(reason)
                .extracting(ListChangeException::kind)
                .isEqualTo(ListChangeException.Kind.INVALID);
        assertThat(refusal(new ListChange.Add(C, weight))).hasMessage(reason);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Setting(AdminState.READY, weight))
                .withMessage(reason);
    }

    @Test
    void countsNoSessionsThatWereLeavingAlready() {
        Lease lease = pool.take(B);
        pool.admin(A, AdminState.DRAIN);

        Changed changed = pool.change(new ListChange.Patch(B, null, 7));

        assertThat(lease.server().address()).isEqualTo(A);
        assertThat(changed.sessionsToClose()).isZero();
    }

    // ---- versions

    @Test
    void beginsVersionsAnewBehindTheLastOne() {
        TestPool last =
                TestPool.builder().managed(A).version(ServerList.LAST_VERSION).build();

        last.change(new ListChange.Replace(List.of(A, B)));

        assertThat(last.pool.list().version()).isEqualTo(1);
    }

    @Test
    void growsWithEveryChangeOfListsAndSettingsAndWithNothingElse() {
        List<Long> versions = new ArrayList<>();
        Runnable[] changes = {
            () -> pool.change(new ListChange.Add(C, null)),
            () -> pool.change(new ListChange.Remove(C)),
            () -> pool.admin(A, AdminState.DRAIN),
            () -> pool.admin(A, AdminState.READY),
            () -> pool.weight(A, 1),
            () -> pool.discover(A, C),
            () -> pool.change(new ListChange.Replace(List.of(A))),
        };
        for (Runnable change : changes) {
            change.run();
            versions.add(pool.pool.list().version());
        }
        assertThat(versions).containsExactly(8L, 9L, 10L, 11L, 12L, 13L, 14L);

        pool.pass(A, C);
        pool.soft(A);
        pool.next();
        pool.refuseConnection(A);
        pool.admin(A, AdminState.READY);
        pool.weight(A, 1);
        pool.discover(A, C);
        pool.pool.forget();
        assertThat(pool.pool.list().version()).isEqualTo(14);
    }

    @Test
    void isRefusedForAnotherVersionThanTheCallerKnows() {
        ListChangeException refusal = catchThrowableOfType(
                ListChangeException.class,
                () -> pool.pool.change(new ListChange.Remove(A), OptionalLong.of(6), "operator"));

        assertThat(refusal.kind()).isEqualTo(ListChangeException.Kind.STALE);
        assertThat(refusal).hasMessage("the list is at version 7, not 6");
        assertThat(pool.servers()).containsExactly(A, B);
    }

    @Test
    void isMadeForTheVersionThatTheCallerKnows() {
        pool.pool.change(new ListChange.Remove(A), OptionalLong.of(7), "operator");

        assertThat(pool.servers()).containsExactly(B);
    }

    // ---- dry runs

    @Test
    void saysBeforehandWhatItWouldDoAndDoesNothing() {
        pool.discover(A, C);
        List<Lease> leases = List.of(pool.take(), pool.take(), pool.take());
        List<ServerList> published = new ArrayList<>();
        pool.pool.subscribe(published::add);
        int events = pool.events.latest().size();

        for (ListChange change : List.of(
                new ListChange.Replace(List.of()),
                new ListChange.Replace(List.of(C, B)),
                new ListChange.Add(C, 5),
                new ListChange.Remove(B),
                new ListChange.Patch(A, AdminState.MAINT, 0))) {
            Changed preview = pool.preview(change);
            assertThat(published).as("changes nothing").hasSize(1);
            assertThat(pool.events.latest()).hasSize(events);

            TestPool twin = TestPool.builder().managed(A, B).version(7).self(D).build();
            twin.discover(A, C);
            List<Lease> twins = List.of(twin.take(), twin.take(), twin.take());
            Changed changed = twin.change(change);
            assertThat(preview.changes()).isEqualTo(changed.changes()).isNotEmpty();
            assertThat(preview.sessionsToClose()).isEqualTo(changed.sessionsToClose());
            assertThat(preview.list().version()).isEqualTo(changed.list().version());
            assertThat(twins).hasSameSizeAs(leases);
        }
    }

    @Test
    void isRefusedBeforehandForTheSameReasons() {
        ListChangeException dry =
                catchThrowableOfType(ListChangeException.class, () -> pool.preview(new ListChange.Add(A, null)));

        assertThat(dry.kind()).isEqualTo(ListChangeException.Kind.CONFLICT);
        assertThat(dry).hasMessage(refusal(new ListChange.Add(A, null)).getMessage());
    }

    // ---- audit

    @Test
    void isRecordedWithWhoAndWhatBeforeAndAfter() {
        pool.change(new ListChange.Patch(A, AdminState.DRAIN, null));

        Event event = pool.events.latest().get(pool.events.latest().size() - 1);
        assertThat(event.type()).isEqualTo(Event.Type.SETTING);
        assertThat(event.severity()).isEqualTo(Event.Severity.INFO);
        assertThat(event.actor()).isEqualTo("operator");
        assertThat(event.server()).isEqualTo(A);
        assertThat(event.message()).isEqualTo(A + ": admin ready → drain");
        assertThat(event.before()).isEqualTo("[" + A + ", " + B + "]");
        assertThat(event.after()).isEqualTo("[" + A + ", " + B + "] with " + A + " drain 100");
    }

    @Test
    void isRecordedAsAChangeOfTheList() {
        pool.change(new ListChange.Replace(List.of(A, C)));

        assertThat(pool.events.latest()).singleElement().satisfies(event -> {
            assertThat(event.type()).isEqualTo(Event.Type.LIST);
            assertThat(event.server()).isNull();
            assertThat(event.message()).isEqualTo("remove " + B + ", add " + C);
            assertThat(event.before()).isEqualTo("[" + A + ", " + B + "]");
            assertThat(event.after()).isEqualTo("[" + A + ", " + C + "]");
        });
    }

    @Test
    void isRecordedByListWhereThereAreTwo() {
        TestPool two = TestPool.managing(A);
        two.discover(A, B);
        two.change(new ListChange.Add(B, null));

        Event event = two.events.latest().get(two.events.latest().size() - 1);
        assertThat(event.message()).isEqualTo(B + ": discovered → managed+discovered");
        assertThat(event.before()).isEqualTo("managed [" + A + "], discovered [" + A + ", " + B + "]");
        assertThat(event.after()).isEqualTo("managed [" + A + ", " + B + "], discovered [" + A + ", " + B + "]");
    }
}
