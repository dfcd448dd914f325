package io.apiserverlb.pool;

import static io.apiserverlb.pool.TestPool.A;
import static io.apiserverlb.pool.TestPool.B;
import static io.apiserverlb.pool.TestPool.C;
import static io.apiserverlb.pool.TestPool.CLIENT;
import static io.apiserverlb.pool.TestPool.D;
import static io.apiserverlb.pool.TestPool.address;
import static io.apiserverlb.pool.TestPool.ip;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How sessions spread over usable servers. */
class PolicyTest {
    private static final InetAddress LOOPBACK = ip("127.0.0.1");

    private static TestPool pool(Policy policy, ServerAddress... servers) {
        return TestPool.builder().policy(policy).managed(servers).build();
    }

    private static Map<ServerAddress, Integer> count(int times, Supplier<ServerAddress> choice) {
        Map<ServerAddress, Integer> counts = new TreeMap<>();
        for (int i = 0; i < times; i++) {
            counts.merge(choice.get(), 1, Integer::sum);
        }
        return counts;
    }

    // ---- round-robin

    @Test
    void takesTurns() {
        TestPool pool = pool(Policy.ROUND_ROBIN, A, B, C);

        List<ServerAddress> turn = List.of(pool.next(), pool.next(), pool.next());

        assertThat(turn).containsExactlyInAnyOrder(A, B, C);
        for (int i = 0; i < 100; i++) {
            assertThat(List.of(pool.next(), pool.next(), pool.next())).isEqualTo(turn);
        }
    }

    @Test
    void takesTurnsWhateverSessionsThereAre() {
        TestPool pool = pool(Policy.ROUND_ROBIN, A, B);
        pool.take(B);
        pool.take(B);

        assertThat(count(100, pool::next)).containsEntry(A, 50).containsEntry(B, 50);
    }

    @Test
    void takesTurnsExactlyByWeight() {
        TestPool pool = pool(Policy.ROUND_ROBIN, A, B, C);
        pool.weight(A, 256);
        pool.weight(B, 128);
        pool.weight(C, 1);

        assertThat(count(38_500, pool::next))
                .containsEntry(A, 25_600)
                .containsEntry(B, 12_800)
                .containsEntry(C, 100);
    }

    @Test
    void takesTurnsSmoothlyWithoutBursts() {
        TestPool pool = pool(Policy.ROUND_ROBIN, A, B, C, D);
        Map<ServerAddress, Integer> weights = Map.of(A, 100, B, 60, C, 30, D, 10);
        weights.forEach(pool::weight);

        Map<ServerAddress, Integer> counts = new HashMap<>();
        for (int n = 1; n <= 2_000; n++) {
            counts.merge(pool.next(), 1, Integer::sum);
            for (Map.Entry<ServerAddress, Integer> weight : weights.entrySet()) {
                double due = n * weight.getValue() / 200.0;
                assertThat(counts.getOrDefault(weight.getKey(), 0) - due)
                        .as("%s after %d choices", weight.getKey(), n)
                        .isBetween(-1.5, 1.5);
            }
        }
    }

    @Test
    void followsAWeightThatChanges() {
        TestPool pool = pool(Policy.ROUND_ROBIN, A, B);
        pool.weight(A, 1);
        count(1_000, pool::next);

        pool.weight(A, 100);

        assertThat(count(100, pool::next).get(A)).isCloseTo(50, within(1));
    }

    @Test
    void doesNotMakeUpForTheTimeThatAServerWasAway() {
        TestPool pool = pool(Policy.ROUND_ROBIN, A, B, C);
        pool.admin(A, AdminState.DRAIN);
        count(1_000, pool::next);

        pool.admin(A, AdminState.READY);

        assertThat(count(30, pool::next).get(A)).isCloseTo(10, within(1));
    }

    // ---- least-connections

    @Test
    void takesTheServerWithTheFewestSessions() {
        TestPool pool = pool(Policy.LEAST_CONNECTIONS, A, B, C);
        List<Lease> onA = List.of(pool.take(B, C), pool.take(B, C), pool.take(B, C));
        pool.take(A, C);
        pool.take(A, C);

        assertThat(pool.take().server().address()).isEqualTo(C);
        assertThat(pool.take().server().address()).isEqualTo(C);

        onA.forEach(lease -> lease.close(CloseReason.CLIENT));
        assertThat(pool.take().server().address()).isEqualTo(A);
        assertThat(pool.take().server().address()).isEqualTo(A);
    }

    @Test
    void countsSessionsForTheWeight() {
        TestPool pool = pool(Policy.LEAST_CONNECTIONS, A, B, C);
        pool.weight(A, 200);
        pool.weight(C, 50);

        count(700, () -> pool.take().server().address());

        assertThat(pool.server(A).load().active()).isCloseTo(400, within(1));
        assertThat(pool.server(B).load().active()).isCloseTo(200, within(1));
        assertThat(pool.server(C).load().active()).isCloseTo(100, within(1));
    }

    @Test
    void takesTurnsAmongServersWithEquallyManySessions() {
        TestPool pool = pool(Policy.LEAST_CONNECTIONS, A, B, C);

        assertThat(count(300, pool::next))
                .containsEntry(A, 100)
                .containsEntry(B, 100)
                .containsEntry(C, 100);
    }

    @Test
    void countsSessionsThatAreStillConnecting() {
        TestPool pool = pool(Policy.LEAST_CONNECTIONS, A, B);

        ServerAddress first = pool.take().server().address();

        assertThat(pool.take().server().address()).isNotEqualTo(first);
    }

    @ParameterizedTest
    @EnumSource(names = {"LEAST_CONNECTIONS", "ROUND_ROBIN", "RANDOM_TWO", "LATENCY"})
    void letsAServerThatCameBackGrowSlowly(Policy policy) {
        TestPool pool = pool(policy, A, B);
        pool.pass(A, B);
        pool.down(A);
        count(1_000, () -> pool.take().server().address());
        pool.pass(A, A);

        assertThat(count(100, () -> pool.take().server().address()).getOrDefault(A, 0))
                .as("at once")
                .isLessThan(20);

        pool.clock.advance(Duration.ofSeconds(15));
        int half = count(1_000, pool::next).getOrDefault(A, 0);
        if (policy == Policy.ROUND_ROBIN) {
            assertThat(half).as("after half of the time").isBetween(300, 430);
        }

        pool.clock.advance(Duration.ofSeconds(15));
        int whole = count(1_000, pool::next).getOrDefault(A, 0);
        if (policy == Policy.ROUND_ROBIN) {
            assertThat(whole).as("after all of the time").isCloseTo(500, within(2));
        }
    }

    @Test
    void letsTheSessionsOfAServerThatCameBackGrowInStepWithItsShare() {
        TestPool pool = pool(Policy.LEAST_CONNECTIONS, A, B);
        pool.pass(A, B);
        pool.down(A);
        count(1_000, () -> pool.take().server().address());
        pool.pass(A, A);

        for (int second = 3; second <= 30; second += 3) {
            pool.clock.advance(Duration.ofSeconds(3));
            count(100, () -> pool.take().server().address());
            double share = second / 30.0;
            assertThat(pool.server(A).load().active())
                    .as("after %d s", second)
                    .isLessThanOrEqualTo((int) (share * pool.server(B).load().active()) + 1);
        }
        assertThat(pool.server(A).load().active()).isGreaterThan(500);
    }

    @Test
    void givesAServerThatCameBackNoMoreThanItsShareOfNewSessionsHoweverFewItHas() {
        int taken = 0;
        for (int node = 0; node < 2_000; node++) {
            TestPool pool = startOf(Policy.LEAST_CONNECTIONS, node).get();
            pool.pass(A, B, C);
            pool.down(A);
            count(20, () -> pool.take().server().address());
            pool.pass(A, A);
            pool.clock.advance(Duration.ofSeconds(6));
            taken += pool.next().equals(A) ? 1 : 0;
        }

        assertThat(taken).as("a fifth of the slow start is over").isBetween(300, 500);
    }

    @Test
    void doesNotSendTheNextSessionOfAWholeFleetToAServerThatCameBack() {
        int taken = 0;
        for (int node = 0; node < 2_000; node++) {
            TestPool pool = startOf(Policy.ROUND_ROBIN, node).get();
            pool.pass(A, B, C);
            pool.down(A);
            count(50 + node % 7, pool::next);
            pool.pass(A, A);
            pool.clock.advance(Duration.ofSeconds(29));
            taken += pool.next().equals(A) ? 1 : 0;
        }

        assertThat(taken).as("no more than a new server").isBetween(850, 1_150);
    }

    @Test
    void givesAServerThatStartsSlowlyItsTurnAnewOnlyOnce() {
        TestPool pool = pool(Policy.ROUND_ROBIN, A, B);
        pool.pass(A, B);
        pool.down(A);
        pool.pass(A, A);
        pool.clock.advance(Duration.ofMillis(29_800));

        int taken = 0;
        for (int i = 0; i < 150; i++) {
            pool.clock.advance(Duration.ofMillis(1));
            pool.pass(B);
            taken += pool.next().equals(A) ? 1 : 0;
        }

        assertThat(taken).as("whatever becomes known in the meantime").isCloseTo(75, within(6));
    }

    // ---- random-two

    @Test
    void drawsTwoAndTakesTheOneWithFewerSessions() {
        TestPool pool = pool(Policy.RANDOM_TWO, A, B, C);
        pool.take(B, C);

        Map<ServerAddress, Integer> counts = count(3_000, pool::next);

        assertThat(counts).as("the one with most is never the better of two").doesNotContainKey(A);
        assertThat(counts.get(B)).isCloseTo(1_500, within(150));
    }

    @Test
    void drawsASecondOneOfAllOthers() {
        for (ServerAddress idle : List.of(A, B, C)) {
            TestPool pool = pool(Policy.RANDOM_TWO, A, B, C);
            Set.of(A, B, C).forEach(busy -> {
                if (!busy.equals(idle)) {
                    pool.take(Set.of(A, B, C).stream()
                            .filter(other -> !other.equals(busy))
                            .toArray(ServerAddress[]::new));
                }
            });

            assertThat(count(3_000, pool::next).get(idle))
                    .as("two of three draws have %s among the two", idle)
                    .isCloseTo(2_000, within(150));
        }
    }

    @Test
    void drawsByWeight() {
        TestPool pool = pool(Policy.RANDOM_TWO, A, B, C, D);
        pool.weight(A, 200);

        Map<ServerAddress, Integer> counts = count(5_000, pool::next);

        assertThat(counts.get(A)).as("two of five parts").isCloseTo(2_000, within(150));
        assertThat(counts.get(B)).isCloseTo(1_000, within(150));
        assertThat(counts.get(D)).isCloseTo(1_000, within(150));
    }

    @Test
    void takesTheOnlyOne() {
        assertThat(pool(Policy.RANDOM_TWO, A).next()).isEqualTo(A);
    }

    // ---- failover

    @Test
    void staysOnOneServer() {
        TestPool pool = pool(Policy.FAILOVER, A, B, C);

        ServerAddress first = pool.next();

        assertThat(count(100, () -> pool.take().server().address())).containsOnlyKeys(first);
    }

    @Test
    void movesOnWhenItsServerIsUnusableAndDoesNotComeBack() {
        TestPool pool = pool(Policy.FAILOVER, A, B, C);
        ServerAddress first = pool.next();

        pool.down(first);
        ServerAddress second = pool.next();
        pool.pass(first, first);

        assertThat(second).isNotEqualTo(first);
        assertThat(count(100, pool::next)).containsOnlyKeys(second);
    }

    @Test
    void staysThoughASessionHadToTakeAnotherServer() {
        TestPool pool = pool(Policy.FAILOVER, A, B, C);
        ServerAddress first = pool.next();

        ServerAddress other = pool.next(first);

        assertThat(other).isNotEqualTo(first);
        assertThat(count(100, pool::next)).containsOnlyKeys(first);
    }

    @Test
    void staysOnTheServerThatASessionTookWhenTheCurrentOneIsUnusable() {
        TestPool pool = pool(Policy.FAILOVER, A, B, C, D);
        ServerAddress first = pool.next();
        List<ServerAddress> rest = new ArrayList<>(List.of(A, B, C, D));
        rest.remove(first);
        pool.down(first);

        ServerAddress second = pool.next(rest.get(0), rest.get(1));

        assertThat(second).isEqualTo(rest.get(2));
        assertThat(count(10, pool::next)).containsOnlyKeys(second);
    }

    @Test
    void staysThoughASessionThatFailedOnEveryPrimaryTookTheFallback() {
        TestPool pool = TestPool.builder()
                .policy(Policy.FAILOVER)
                .managed(A, B, C)
                .seeds("https://10.0.0.4:6443")
                .build();
        ServerAddress first = pool.next();

        assertThat(pool.next(A, B, C)).isEqualTo(D);

        assertThat(count(100, pool::next)).containsOnlyKeys(first);
    }

    @Test
    void goesBackToThePrimariesFromTheFallback() {
        TestPool pool = TestPool.builder()
                .policy(Policy.FAILOVER)
                .managed(A, B)
                .seeds("https://10.0.0.4:6443")
                .build();
        pool.down(A, B);
        assertThat(pool.next()).isEqualTo(D);

        pool.pass(B, B);

        assertThat(count(10, pool::next)).containsOnlyKeys(B);
    }

    // ---- source

    @Test
    void takesTheSameServerForTheSameClient() {
        TestPool pool = pool(Policy.SOURCE, A, B, C);
        TestPool restarted = TestPool.builder()
                .policy(Policy.SOURCE)
                .managed(C, A, B)
                .random(new SplittableRandom(99))
                .build();

        for (InetAddress client : clients(500)) {
            ServerAddress server = choice(pool, client);
            assertThat(choice(pool, client)).isEqualTo(server);
            assertThat(choice(restarted, client)).as("in another process, too").isEqualTo(server);
        }
    }

    @Test
    void spreadsClientsEvenlyAndByWeight() {
        TestPool pool = pool(Policy.SOURCE, A, B, C);
        Map<ServerAddress, Integer> even = choices(pool, clients(6_000));
        assertThat(even.values()).allSatisfy(share -> assertThat(share).isCloseTo(2_000, within(150)));

        pool.weight(A, 200);
        Map<ServerAddress, Integer> weighted = choices(pool, clients(6_000));
        assertThat(weighted.get(A)).isCloseTo(3_000, within(150));
        assertThat(weighted.get(B)).isCloseTo(1_500, within(150));
    }

    @Test
    void movesOnlyTheShareOfAServerThatIsAdded() {
        TestPool pool = pool(Policy.SOURCE, A, B, C);
        List<InetAddress> clients = clients(4_000);
        List<ServerAddress> before =
                clients.stream().map(client -> choice(pool, client)).toList();

        pool.change(new ListChange.Add(D, null));

        List<ServerAddress> after =
                clients.stream().map(client -> choice(pool, client)).toList();
        List<Integer> moved = IntStream.range(0, clients.size())
                .filter(i -> !before.get(i).equals(after.get(i)))
                .boxed()
                .toList();
        assertThat(moved).allSatisfy(i -> assertThat(after.get(i)).isEqualTo(D));
        assertThat(moved.size()).isCloseTo(1_000, within(120));
    }

    @Test
    void movesOnlyTheClientsOfAServerThatFails() {
        TestPool pool = pool(Policy.SOURCE, A, B, C);
        List<InetAddress> clients = clients(1_000);
        List<ServerAddress> before =
                clients.stream().map(client -> choice(pool, client)).toList();

        pool.down(A);

        Map<ServerAddress, Integer> refugees = new TreeMap<>();
        for (int i = 0; i < clients.size(); i++) {
            ServerAddress now = choice(pool, clients.get(i));
            if (before.get(i).equals(A)) {
                refugees.merge(now, 1, Integer::sum);
            } else {
                assertThat(now).isEqualTo(before.get(i));
            }
        }
        assertThat(refugees.get(B)).as("to all others alike").isCloseTo(refugees.get(C), within(60));
    }

    @Test
    void hashesClientsOfThisHostByTheNode() {
        InetAddress own = ip("172.16.0.7");
        Map<ServerAddress, Integer> counts = new TreeMap<>();
        for (int node = 0; node < 3_000; node++) {
            TestPool pool = TestPool.builder()
                    .policy(Policy.SOURCE)
                    .managed(A, B, C)
                    .local(own)
                    .nodeName("node-" + node)
                    .build();
            ServerAddress server = choice(pool, LOOPBACK);
            assertThat(choice(pool, ip("::1"))).isEqualTo(server);
            assertThat(choice(pool, own)).isEqualTo(server);
            counts.merge(server, 1, Integer::sum);
        }

        assertThat(counts.values()).allSatisfy(share -> assertThat(share).isCloseTo(1_000, within(120)));
    }

    @Test
    void movesTheClientsOfAServerThatCameBackToItBitByBit() {
        TestPool pool = pool(Policy.SOURCE, A, B);
        pool.pass(A, B);
        pool.down(A);
        pool.pass(A, A);
        List<InetAddress> clients = clients(2_000);

        assertThat(choices(pool, clients).getOrDefault(A, 0)).as("at once").isLessThan(100);
        pool.clock.advance(Duration.ofSeconds(15));
        assertThat(choices(pool, clients).get(A)).as("a third").isCloseTo(667, within(100));
        pool.clock.advance(Duration.ofSeconds(15));
        assertThat(choices(pool, clients).get(A)).isCloseTo(1_000, within(100));
    }

    // ---- latency

    @Test
    void takesTheServersThatConnectFastest() {
        TestPool pool = pool(Policy.LATENCY, A, B, C);
        pool.connect(A, Duration.ofMillis(30));
        pool.connect(B, Duration.ofNanos(300_000));
        pool.connect(C, Duration.ofNanos(900_000));

        assertThat(count(100, () -> pool.take().server().address())).containsOnly(Map.entry(B, 50), Map.entry(C, 50));
    }

    @Test
    void goesByTheConnectionsOfAServerForItsWeightAmongTheFastest() {
        TestPool pool = pool(Policy.LATENCY, A, B);
        pool.connect(A, Duration.ofMillis(2));
        pool.connect(B, Duration.ofMillis(3));
        pool.weight(A, 200);
        pool.take(A);
        pool.take(A);

        assertThat(count(4, () -> pool.take().server().address())).containsOnlyKeys(A);
        count(594, () -> pool.take().server().address());

        assertThat(pool.server(A).load().active()).isEqualTo(400);
    }

    @Test
    void takesSlowerServersWhileTheFastestAreNotUsableOrWereTried() {
        TestPool pool = TestPool.builder()
                .policy(Policy.LATENCY)
                .managed(A, B, C)
                .seeds("https://10.0.0.4:6443")
                .build();
        pool.connect(A, Duration.ofMillis(3));
        pool.connect(B, Duration.ofMillis(30));
        pool.connect(C, Duration.ofMillis(300));
        pool.connect(D, Duration.ofNanos(1));

        assertThat(round(pool)).containsExactly(A, B, C, D);

        pool.down(A);
        assertThat(pool.next()).isEqualTo(B);
        pool.pass(A, A);
        assertThat(pool.next()).isEqualTo(A);
    }

    @Test
    void countsAServerThatWasNotMeasuredYetAmongTheSlowest() {
        TestPool pool = pool(Policy.LATENCY, A, B);
        assertThat(count(100, pool::next)).as("nothing is known").containsOnlyKeys(A, B);
        pool.connect(A, Duration.ofMillis(3));
        assertThat(count(100, pool::next))
                .as("neither is faster than the other")
                .containsOnlyKeys(A, B);
        pool.connect(B, Duration.ofMillis(30));

        pool.change(new ListChange.Add(C, null));

        assertThat(count(100, pool::next)).containsOnlyKeys(A);
        assertThat(count(100, () -> pool.next(A))).containsOnlyKeys(B, C);
        pool.connect(C, Duration.ofMillis(3));
        assertThat(count(100, pool::next)).containsOnlyKeys(A, C);
    }

    @Test
    void doesNotGoByLatencyUnlessAsked() {
        TestPool pool = pool(Policy.LEAST_CONNECTIONS, A, B);
        pool.connect(A, Duration.ofMillis(3));
        pool.connect(B, Duration.ofMillis(30));

        assertThat(count(100, pool::next)).containsEntry(A, 50).containsEntry(B, 50);
    }

    // ---- weights

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "FAILOVER")
    void sendsThreeQuartersToAServerWithThreeTimesTheWeight(Policy policy) {
        TestPool pool = pool(policy, A, B);
        pool.weight(A, 75);
        pool.weight(B, 25);

        Map<ServerAddress, Integer> counts = new TreeMap<>();
        for (InetAddress client : clients(4_000)) {
            Lease lease = Objects.requireNonNull(pool.pool.acquire(client, List.of()));
            counts.merge(lease.server().address(), 1, Integer::sum);
        }

        assertThat(counts.get(A)).isCloseTo(3_000, within(150));
    }

    @Test
    void letsFewerBalancersStayOnALighterServer() {
        Map<ServerAddress, Remembered> weights = Map.of(A, weighing(75), B, weighing(25));
        Map<ServerAddress, Integer> current = new TreeMap<>();
        for (int node = 0; node < 4_000; node++) {
            TestPool pool = TestPool.builder()
                    .policy(Policy.FAILOVER)
                    .managed(A, B)
                    .remembered(weights)
                    .random(new SplittableRandom(node))
                    .build();
            current.merge(pool.next(), 1, Integer::sum);
        }

        assertThat(current.get(B))
                .as("a sixth: its first turn is somewhere in three of A's")
                .isCloseTo(667, within(100));
    }

    private static Remembered weighing(int weight) {
        return new Remembered(new Setting(AdminState.READY, weight), null);
    }

    @ParameterizedTest
    @EnumSource
    void sendsNothingToAServerOfWeightZero(Policy policy) {
        TestPool pool = pool(policy, A, B);
        pool.weight(A, 0);

        assertThat(choices(pool, clients(200))).containsOnlyKeys(B);
    }

    // ---- a fleet that starts together

    @ParameterizedTest
    @EnumSource
    void spreadsTheFirstChoicesOfAFleetAndTheSecondOnesToo(Policy policy) {
        int nodes = 5_000;
        Map<ServerAddress, Integer> first = new TreeMap<>();
        Map<List<ServerAddress>, Integer> nextAfterFailure = new HashMap<>();
        Map<List<ServerAddress>, Integer> nextSession = new HashMap<>();
        for (int node = 0; node < nodes; node++) {
            Supplier<TestPool> start = startOf(policy, node);
            TestPool failing = start.get();
            TestPool working = start.get();

            ServerAddress choice = choice(failing, LOOPBACK);
            first.merge(choice, 1, Integer::sum);
            nextAfterFailure.merge(List.of(choice, choice(failing, LOOPBACK, choice)), 1, Integer::sum);
            nextSession.merge(List.of(choice(working, LOOPBACK), choice(working, LOOPBACK)), 1, Integer::sum);
        }

        assertThat(first).hasSize(3);
        assertThat(first.values()).allSatisfy(share -> assertThat(share).isCloseTo(nodes / 3, within(150)));
        assertThat(nextAfterFailure).hasSize(6);
        assertThat(nextAfterFailure.values())
                .allSatisfy(share -> assertThat(share).isCloseTo(nodes / 6, within(120)));
        Map<ServerAddress, Integer> second = new TreeMap<>();
        nextSession.forEach((pair, number) -> second.merge(pair.get(1), number, Integer::sum));
        assertThat(second.values()).allSatisfy(share -> assertThat(share).isCloseTo(nodes / 3, within(150)));
    }

    private static Supplier<TestPool> startOf(Policy policy, int node) {
        return () -> TestPool.builder()
                .policy(policy)
                .managed(A, B, C)
                .nodeName("node-" + node)
                .random(new SplittableRandom(node))
                .build();
    }

    @Test
    void spreadsTheFirstChoicesOfAFleetByWeight() {
        Map<ServerAddress, Remembered> weights = Map.of(A, new Remembered(new Setting(AdminState.READY, 200), null));
        Map<ServerAddress, Integer> first = new TreeMap<>();
        for (int node = 0; node < 4_000; node++) {
            first.merge(
                    TestPool.builder()
                            .managed(A, B)
                            .remembered(weights)
                            .random(new SplittableRandom(node))
                            .build()
                            .next(),
                    1,
                    Integer::sum);
        }

        assertThat(first.get(B))
                .as("a third, less what its longer turn costs it")
                .isBetween(900, 1_400);
    }

    @Test
    void doesNotSendTheNextSessionOfAWholeFleetToAServerThatIsAdded() {
        Map<ServerAddress, Integer> next = new TreeMap<>();
        for (int node = 0; node < 4_000; node++) {
            TestPool pool = startOf(Policy.ROUND_ROBIN, node).get();
            count(100 + node % 10, pool::next);
            pool.change(new ListChange.Add(D, null));
            next.merge(pool.next(), 1, Integer::sum);
        }

        assertThat(next.get(D)).as("not much more than a quarter").isBetween(900, 1_400);
    }

    // ---- one session's round

    @ParameterizedTest
    @EnumSource
    void neverRepeatsAServerWithinOneRound(Policy policy) {
        ServerAddress[] servers = IntStream.rangeClosed(1, 20)
                .mapToObj(i -> address("10.0.1." + i + ":6443"))
                .toArray(ServerAddress[]::new);
        TestPool pool = TestPool.builder()
                .policy(policy)
                .managed(servers)
                .seeds("https://10.0.0.4:6443")
                .build();
        pool.down(servers[3], servers[4]);
        pool.weight(servers[5], 0);
        pool.admin(servers[6], AdminState.MAINT);

        for (int i = 0; i < 50; i++) {
            List<ServerAddress> round = round(pool);
            assertThat(round).doesNotHaveDuplicates().hasSize(19).doesNotContain(servers[5], servers[6]);
            assertThat(round.subList(16, 19)).as("after the usable primaries").contains(D, servers[3], servers[4]);
            assertThat(round.get(16)).isEqualTo(D);
        }
    }

    private static List<ServerAddress> round(TestPool pool) {
        List<ServerAddress> tried = new ArrayList<>();
        for (Lease lease = pool.pool.acquire(CLIENT, tried); lease != null; lease = pool.pool.acquire(CLIENT, tried)) {
            lease.close(CloseReason.CLIENT);
            tried.add(lease.server().address());
        }
        return tried;
    }

    private static ServerAddress choice(TestPool pool, InetAddress client, ServerAddress... tried) {
        Lease lease = pool.pool.acquire(client, Set.of(tried));
        if (lease == null) {
            throw new AssertionError("no server is left");
        }
        lease.close(CloseReason.CLIENT);
        return lease.server().address();
    }

    private static Map<ServerAddress, Integer> choices(TestPool pool, List<InetAddress> clients) {
        Map<ServerAddress, Integer> counts = new TreeMap<>();
        clients.forEach(client -> counts.merge(choice(pool, client), 1, Integer::sum));
        return counts;
    }

    private static List<InetAddress> clients(int number) {
        List<InetAddress> clients = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            clients.add(ip("10.1." + i / 250 + "." + (1 + i % 250)));
        }
        return Collections.unmodifiableList(clients);
    }
}
