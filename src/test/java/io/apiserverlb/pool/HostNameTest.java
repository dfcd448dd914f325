package io.apiserverlb.pool;

import static io.apiserverlb.pool.TestPool.A;
import static io.apiserverlb.pool.TestPool.B;
import static io.apiserverlb.pool.TestPool.C;
import static io.apiserverlb.pool.TestPool.D;
import static io.apiserverlb.pool.TestPool.address;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Host names in the lists, and the servers they stand for. */
class HostNameTest {
    private static final ServerAddress NAME = address("masters.example.com:6443");

    private final TestPool pool = TestPool.managing(NAME);

    @Test
    void cannotBeUsedBeforeTheyAreResolved() {
        assertThat(pool.servers()).containsExactly(NAME);
        assertThat(pool.usable()).isEmpty();
        assertThat(pool.server(NAME).checkable()).isFalse();
        assertThat(pool.server(NAME).reason()).isEqualTo("the name has not been resolved");
        assertThat(pool.pool.acquire(TestPool.CLIENT, List.of())).isNull();
    }

    @Test
    void expandToOneServerPerAddress() {
        pool.resolve("masters.example.com", "10.0.0.1", "10.0.0.2");

        assertThat(pool.servers()).containsExactly(A, B);
        assertThat(pool.usable()).as("they are managed, so trusted").containsExactly(A, B);
        assertThat(pool.server(A).place().hostname()).isEqualTo("masters.example.com");
        assertThat(pool.pool.list().membership().effective())
                .as("the list itself keeps the name")
                .containsExactly(NAME);
    }

    @Test
    void keepTheirPort() {
        TestPool other = TestPool.managing(address("masters.example.com:7443"));

        other.resolve("masters.example.com", "10.0.0.1", "2001:db8::1");

        assertThat(other.servers()).containsExactly(address("10.0.0.1:7443"), address("[2001:db8::1]:7443"));
    }

    @Test
    void areListedForWhoeverResolvesThem() {
        TestPool all = TestPool.builder()
                .managed(NAME, A)
                .discovered(address("other.example.com:6443"))
                .seeds("https://seed.example.com")
                .build();

        assertThat(all.pool.list().membership().names())
                .containsExactlyInAnyOrder("masters.example.com", "other.example.com", "seed.example.com");
    }

    @Test
    void followTheNextAnswer() {
        pool.resolve("masters.example.com", "10.0.0.1", "10.0.0.2");
        pool.pass(A, B);
        Server before = pool.server(B);

        pool.resolve("masters.example.com", "10.0.0.2", "10.0.0.3");

        assertThat(pool.servers()).containsExactly(B, C, A);
        assertThat(pool.server(B)).isEqualTo(before);
        assertThat(pool.usable()).containsExactly(B, C);
        assertThat(pool.server(A).state()).isEqualTo(ServerState.REMOVING);
    }

    @Test
    void takeBackAServerThatANameServerLeftOutOnce() {
        pool.resolve("masters.example.com", "10.0.0.1", "10.0.0.2");
        pool.pass(A, B);
        pool.weight(A, 50);
        Server before = pool.server(A);
        pool.resolve("masters.example.com", "10.0.0.2");

        pool.resolve("masters.example.com", "10.0.0.1", "10.0.0.2");

        assertThat(pool.server(A).place()).isEqualTo(before.place());
        assertThat(pool.server(A).condition()).isEqualTo(before.condition());
        assertThat(pool.server(A).load()).isSameAs(before.load());
    }

    @Test
    void forgetAServerThatIsLeftOutForLong() {
        pool.resolve("masters.example.com", "10.0.0.1", "10.0.0.2");
        pool.resolve("masters.example.com", "10.0.0.2");

        pool.clock.advance(Duration.ofMinutes(10).minusSeconds(1));
        pool.pool.forget();
        assertThat(pool.servers()).containsExactly(B, A);

        pool.clock.advance(Duration.ofSeconds(1));
        pool.pool.forget();
        assertThat(pool.servers()).containsExactly(B);
    }

    @Test
    void takeWhatTheyResolvedToBeforeAlongWhenTheyLeave() {
        TestPool two = TestPool.managing(NAME, D);
        two.resolve("masters.example.com", "10.0.0.1", "10.0.0.2");
        two.resolve("masters.example.com", "10.0.0.2");

        two.change(new ListChange.Replace(List.of(address("masters.example.com:7443"), D)));

        assertThat(two.servers()).containsExactly(address("10.0.0.2:7443"), D);
    }

    @Test
    void keepNoServerThatHasBecomeTheBalancerItself() {
        List<ServerAddress> own = new ArrayList<>();
        TestPool careful = TestPool.builder().managed(NAME).self(own).build();
        careful.resolve("masters.example.com", "10.0.0.1", "10.0.0.2");

        own.add(A);
        careful.pool.forget();

        assertThat(careful.servers()).containsExactly(B);
    }

    @Test
    void keepTheirServersByWhoStillNamesThem() {
        TestPool both = TestPool.builder()
                .managed(NAME)
                .seeds("https://masters.example.com:6443")
                .build();
        both.resolve("masters.example.com", "10.0.0.1", "10.0.0.2");
        both.resolve("masters.example.com", "10.0.0.2");
        assertThat(both.server(A).place().role()).isEqualTo(Role.PRIMARY);

        both.change(new ListChange.Remove(NAME));

        assertThat(both.server(A).place().role()).isEqualTo(Role.FALLBACK);
        assertThat(both.server(A).place().origins()).containsExactly(Origin.SEED);
        assertThat(both.server(A).reason()).isEqualTo("masters.example.com no longer resolves to it");
    }

    @Test
    void keepNoMoreServersThanThereIsRoomFor() {
        int room = Capacity.of(Runtime.getRuntime().maxMemory()).servers();
        String[] answer = {};
        for (int i = 0; i <= room / 100; i++) {
            String network = "10." + i / 200 + "." + i % 200 + ".";
            answer = IntStream.rangeClosed(1, 100)
                    .mapToObj(host -> network + host)
                    .toArray(String[]::new);
            pool.resolve("masters.example.com", answer);
        }

        assertThat(pool.servers()).hasSize(room);
        assertThat(pool.servers().subList(0, 100))
                .extracting(ServerAddress::host)
                .containsExactlyInAnyOrder(answer);
        pool.change(new ListChange.Add(D, null));
        assertThat(pool.servers()).hasSize(room).contains(D);
    }

    @Test
    void keepTheirServersRoleAsSeeds() {
        TestPool withSeed =
                TestPool.builder().seeds("https://seed.example.com:6443").build();
        withSeed.resolve("seed.example.com", "10.0.0.1");
        withSeed.resolve("seed.example.com", "10.0.0.2");

        assertThat(withSeed.server(A).place().role()).isEqualTo(Role.FALLBACK);
        assertThat(withSeed.server(A).place().origins()).containsExactly(Origin.SEED);
        assertThat(withSeed.usable()).containsExactly(B);
    }

    @Test
    void keepTheLastAnswerWhenTheNextIsEmpty() {
        pool.resolve("masters.example.com", "10.0.0.1");

        pool.resolve("masters.example.com");

        assertThat(pool.servers()).containsExactly(A);
    }

    @Test
    void doNotMindTheOrderOfTheAnswer() {
        pool.resolve("masters.example.com", "10.0.0.1", "10.0.0.2");
        ServerList before = pool.pool.list();

        pool.resolve("masters.example.com", "10.0.0.2", "10.0.0.1", "10.0.0.2");

        assertThat(pool.pool.list()).isSameAs(before);
    }

    @Test
    void leaveOutAddressesThatNoServerCanHave() {
        pool.resolve("masters.example.com", "0.0.0.0", "10.0.0.1", "::", "224.0.0.1");
        assertThat(pool.servers()).containsExactly(A);

        pool.resolve("masters.example.com", "0.0.0.0");
        assertThat(pool.servers()).containsExactly(A);
    }

    @Test
    void areOneServerWithTheirAddress() {
        TestPool both = TestPool.managing(A, NAME);

        both.resolve("masters.example.com", "10.0.0.1", "10.0.0.2");

        assertThat(both.servers()).containsExactly(A, B);
        assertThat(both.server(A).place().hostname()).isNull();
    }

    @Test
    void resolveToServersButNeverToTheBalancerItself() {
        TestPool careful = TestPool.builder().managed(NAME).self(A).build();

        careful.resolve("masters.example.com", "10.0.0.1", "10.0.0.2");

        assertThat(careful.servers()).containsExactly(B);
    }

    @Test
    void areRememberedAsTheyAreThoughNoServerChanges() {
        TestPool careful = TestPool.builder().managed(NAME).self(A, C).build();
        careful.resolve("masters.example.com", "10.0.0.1");

        careful.resolve("masters.example.com", "10.0.0.3");

        assertThat(careful.servers()).isEmpty();
        assertThat(careful.pool.list().membership().expand(NAME)).containsExactly(C);
    }

    @Test
    void doNotChangeTheVersionByWhatTheyResolveTo() {
        long version = pool.pool.list().version();

        pool.resolve("masters.example.com", "10.0.0.1", "10.0.0.2");

        assertThat(pool.pool.list().version()).isEqualTo(version);
    }

    @Test
    void areUnprovenWhenTheyAreDiscovered() {
        TestPool discovering = TestPool.managing();
        discovering.discover(NAME);

        discovering.resolve("masters.example.com", "10.0.0.1");

        assertThat(discovering.servers()).containsExactly(A);
        assertThat(discovering.server(A).usable()).isFalse();
    }

    // ---- settings

    @Test
    void setAllTheirServersAtOnce() {
        pool.resolve("masters.example.com", "10.0.0.1", "10.0.0.2");

        Changed changed = pool.change(new ListChange.Patch(NAME, AdminState.DRAIN, null));

        assertThat(pool.server(A).state()).isEqualTo(ServerState.DRAIN);
        assertThat(pool.server(B).state()).isEqualTo(ServerState.DRAIN);
        assertThat(changed.changes()).containsExactly(A + ": admin ready → drain", B + ": admin ready → drain");
    }

    @Test
    void passTheirSettingOnToServersThatTheyResolveToLater() {
        pool.resolve("masters.example.com", "10.0.0.1");
        pool.weight(NAME, 20);

        pool.resolve("masters.example.com", "10.0.0.1", "10.0.0.2");

        assertThat(pool.server(B).setting().weight()).isEqualTo(20);
    }

    @Test
    void takeASettingBeforeTheyAreResolved() {
        pool.weight(NAME, 20);

        pool.resolve("masters.example.com", "10.0.0.1");

        assertThat(pool.server(A).setting().weight()).isEqualTo(20);
    }

    @Test
    void leaveTheSettingOfASingleServerAlone() {
        pool.resolve("masters.example.com", "10.0.0.1", "10.0.0.2");

        pool.weight(A, 20);

        assertThat(pool.server(A).setting().weight()).isEqualTo(20);
        assertThat(pool.server(B).setting()).isEqualTo(Setting.DEFAULT);
    }

    @Test
    void areFoundByTheirNameAndPort() {
        pool.resolve("masters.example.com", "10.0.0.1", "10.0.0.2");

        assertThat(pool.pool.list().named(NAME)).extracting(Server::address).containsExactly(A, B);
        assertThat(pool.pool.list().named(A)).extracting(Server::address).containsExactly(A);
        assertThat(pool.pool.list().named(address("masters.example.com:7443"))).isEmpty();
        assertThat(pool.pool.list().named(address("other.example.com:6443"))).isEmpty();
        assertThat(pool.pool.list().named(C)).isEmpty();
    }

    @Test
    void areFoundThoughTheirServerIsInTheListByAddressOrAnotherNameToo() {
        ServerAddress other = address("other.example.com:6443");
        TestPool both = TestPool.managing(A, NAME, other);
        both.resolve("masters.example.com", "10.0.0.1", "10.0.0.2");
        both.resolve("other.example.com", "10.0.0.2");

        both.weight(NAME, 20);
        assertThat(both.server(A).setting().weight()).isEqualTo(20);
        assertThat(both.server(B).setting().weight()).isEqualTo(20);

        both.weight(other, 30);
        assertThat(both.server(A).setting().weight()).isEqualTo(20);
        assertThat(both.server(B).setting().weight()).isEqualTo(30);
    }

    @Test
    void areNotFoundAnyMoreOnceTheyHaveLeftTheList() {
        TestPool both = TestPool.managing(A, NAME);
        both.resolve("masters.example.com", "10.0.0.1");

        both.change(new ListChange.Remove(NAME));

        assertThat(both.pool.list().named(NAME)).isEmpty();
        assertThat(both.pool.list().membership().resolved()).isEmpty();
        both.resolve("masters.example.com", "10.0.0.3");
        assertThat(both.pool.list().membership().resolved()).as("a late answer").isEmpty();
    }

    @Test
    void areFoundWhileTheirServersAreRemoving() {
        TestPool discovering = TestPool.managing();
        discovering.discover(NAME);
        discovering.resolve("masters.example.com", "10.0.0.1");

        discovering.discover(B);

        assertThat(discovering.server(A).state()).isEqualTo(ServerState.REMOVING);
        assertThat(discovering.pool.list().named(NAME))
                .extracting(Server::address)
                .containsExactly(A);
    }

    // ---- removing

    @Test
    void removeAllTheirServersAtOnce() {
        pool.resolve("masters.example.com", "10.0.0.1", "10.0.0.2");

        pool.change(new ListChange.Remove(NAME));

        assertThat(pool.servers()).isEmpty();
    }

    @Test
    void cannotBeRemovedByOneOfTheirAddresses() {
        pool.resolve("masters.example.com", "10.0.0.1", "10.0.0.2");

        ListChangeException refusal =
                catchThrowableOfType(ListChangeException.class, () -> pool.change(new ListChange.Remove(A)));

        assertThat(refusal.kind()).isEqualTo(ListChangeException.Kind.CONFLICT);
        assertThat(refusal)
                .hasMessage(A + " is an address of masters.example.com, which is what the managed list holds");
    }

    @Test
    void cannotBeRemovedWhenTheyAreOnlyDiscovered() {
        TestPool both = TestPool.managing(A);
        both.discover(NAME);
        both.resolve("masters.example.com", "10.0.0.1");

        ListChangeException refusal =
                catchThrowableOfType(ListChangeException.class, () -> both.change(new ListChange.Remove(NAME)));

        assertThat(refusal.kind()).isEqualTo(ListChangeException.Kind.CONFLICT);
        assertThat(refusal).hasMessage(NAME + " is not on the managed list; to send it no sessions, drain it");
    }

    @Test
    void areNoReasonWhereAnotherNameIsManaged() {
        ServerAddress other = address("other.example.com:6443");
        TestPool both = TestPool.managing(other);
        both.discover(NAME);
        both.resolve("other.example.com", "10.0.0.1");
        both.resolve("masters.example.com", "10.0.0.1", "10.0.0.2");

        for (ServerAddress notManaged : List.of(NAME, B)) {
            ListChangeException refusal = catchThrowableOfType(
                    ListChangeException.class, () -> both.change(new ListChange.Remove(notManaged)));

            assertThat(refusal)
                    .hasMessage(notManaged + " is not on the managed list; to send it no sessions, drain it");
        }
    }

    @Test
    void workAsSeedsToo() {
        TestPool withSeed =
                TestPool.builder().seeds("https://seed.example.com:6443").build();

        withSeed.resolve("seed.example.com", "10.0.0.1");

        assertThat(withSeed.server(A).place().role()).isEqualTo(Role.FALLBACK);
        assertThat(withSeed.usable()).containsExactly(A);
    }

    @Test
    void areFoundTogetherWithWhatTheyResolvedToBeforeTheyLeft() {
        TestPool discovering = TestPool.managing();
        discovering.discover(NAME);
        discovering.resolve("masters.example.com", "10.0.0.1");
        discovering.discover(B);

        discovering.discover(B, NAME);

        assertThat(discovering.pool.list().named(NAME))
                .extracting(Server::address)
                .containsExactly(NAME, A);
    }
}
