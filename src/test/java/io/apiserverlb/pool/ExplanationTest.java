package io.apiserverlb.pool;

import static io.apiserverlb.pool.TestPool.A;
import static io.apiserverlb.pool.TestPool.B;
import static io.apiserverlb.pool.TestPool.C;
import static io.apiserverlb.pool.TestPool.CLIENT;
import static io.apiserverlb.pool.TestPool.D;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ExplanationTest {
    private static List<ServerAddress> order(TestPool pool) {
        return pool.pool.explain(CLIENT).candidates().stream()
                .map(candidate -> candidate.server().address())
                .toList();
    }

    private static Map<ServerAddress, String> leftOut(TestPool pool) {
        Map<ServerAddress, String> reasons = new LinkedHashMap<>();
        pool.pool
                .explain(CLIENT)
                .leftOut()
                .forEach(left -> reasons.put(left.server().address(), left.reason()));
        return reasons;
    }

    @Test
    void leavesOutNoneThatIsChosenFrom() {
        TestPool pool = TestPool.managing(A, B, C);
        pool.admin(B, AdminState.MAINT);

        assertThat(order(pool)).containsExactlyInAnyOrder(A, C);
        assertThat(leftOut(pool)).containsOnlyKeys(B);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "RANDOM_TWO")
    void tellsTheServersThatTheNextSessionTries(Policy policy) {
        TestPool pool = TestPool.builder().policy(policy).managed(A, B, C).build();
        pool.weight(B, 50);

        for (int session = 0; session < 12; session++) {
            List<ServerAddress> order = order(pool);
            assertThat(pool.pool.explain(CLIENT).certain()).isTrue();

            List<ServerAddress> tried = new ArrayList<>();
            while (tried.size() < 3) {
                tried.add(
                        pool.take(tried.toArray(ServerAddress[]::new)).server().address());
            }

            assertThat(order).isEqualTo(tried);
        }
    }

    @ParameterizedTest
    @EnumSource
    void changesNothing(Policy policy) {
        TestPool asked = TestPool.builder()
                .policy(policy)
                .managed(A, B, C)
                .random(new SplittableRandom(7))
                .build();
        TestPool other = TestPool.builder()
                .policy(policy)
                .managed(A, B, C)
                .random(new SplittableRandom(7))
                .build();
        for (TestPool each : List.of(asked, other)) {
            each.down(C);
            each.pass(C, C);
            each.clock.advance(Duration.ofSeconds(15)); // half of its slow start: chance takes it or leaves it
        }

        for (int session = 0; session < 50; session++) {
            var unused = asked.pool.explain(CLIENT);

            assertThat(asked.take().server().address())
                    .isEqualTo(other.take().server().address());
        }
        assertThat(asked.events.latest()).hasSameSizeAs(other.events.latest());
    }

    @Test
    void saysThatChanceChoosesOfTwo() {
        TestPool pool =
                TestPool.builder().policy(Policy.RANDOM_TWO).managed(A, B).build();

        Explanation explanation = pool.pool.explain(CLIENT);

        assertThat(explanation.certain()).isFalse();
        assertThat(explanation.candidates()).hasSize(2);
        assertThat(explanation.because()).isEqualTo(Policy.RANDOM_TWO.decides());

        pool.down(B);
        assertThat(pool.pool.explain(CLIENT).certain()).as("of one").isTrue();
        assertThat(pool.pool.explain(CLIENT).because()).isEqualTo("there is no other");
    }

    @Test
    void goesByTheLikeliestOfTwoThatAreDrawn() {
        TestPool pool =
                TestPool.builder().policy(Policy.RANDOM_TWO).managed(A, B, C).build();
        pool.take(A, C);

        assertThat(order(pool)).as("of B and C").startsWith(C);
    }

    @Test
    void tellsWhatAServerWeighsThatStartsSlowly() {
        TestPool pool = TestPool.managing(A, B);
        pool.down(B);
        pool.pass(B, B);
        pool.clock.advance(Duration.ofSeconds(6));

        Explanation explanation = pool.pool.explain(CLIENT);

        assertThat(explanation.certain()).isFalse();
        assertThat(order(pool)).containsExactly(A, B);
        assertThat(explanation.candidates().get(1).weight()).isCloseTo(20, within(0.01));
    }

    @Test
    void tellsOnWhichServerSessionsStay() {
        TestPool pool = TestPool.builder().policy(Policy.FAILOVER).managed(A, B).build();
        ServerAddress current = pool.next();

        Explanation.Candidate first = pool.pool.explain(CLIENT).candidates().get(0);

        assertThat(first.server().address()).isEqualTo(current);
        assertThat(first.current()).isTrue();
        assertThat(pool.pool.explain(CLIENT).candidates().get(1).current()).isFalse();
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "FAILOVER")
    void doesNotSayThatSessionsStayWhereTheyDoNot(Policy policy) {
        TestPool pool = TestPool.builder().policy(policy).managed(A, B).build();
        pool.next();

        assertThat(pool.pool.explain(CLIENT).candidates()).noneMatch(Explanation.Candidate::current);
    }

    @Test
    void isCertainWhereAServerStartsSlowlyWithoutChance() {
        for (Policy policy : List.of(Policy.SOURCE, Policy.FAILOVER)) {
            TestPool pool = TestPool.builder().policy(policy).managed(A, B).build();
            pool.down(B);
            pool.pass(B, B);
            pool.clock.advance(Duration.ofSeconds(6));

            Explanation explanation = pool.pool.explain(CLIENT);

            assertThat(explanation.certain()).isTrue();
            assertThat(explanation.candidates())
                    .filteredOn(candidate -> candidate.server().address().equals(B))
                    .singleElement()
                    .extracting(Explanation.Candidate::weight)
                    .satisfies(
                            weight -> assertThat(weight).isCloseTo(policy == Policy.SOURCE ? 20 : 100, within(0.01)));
        }
    }

    @Test
    void saysWhyServersAreLeftOut() {
        TestPool pool = TestPool.builder()
                .seeds("https://10.0.0.9:6443")
                .managed(A, B, C, D)
                .build();
        pool.admin(B, AdminState.DRAIN);
        pool.weight(C, 0);
        pool.down(D);

        assertThat(order(pool)).containsExactly(A);
        assertThat(leftOut(pool))
                .contains(
                        entry(B, "being drained"),
                        entry(C, "weight 0"),
                        entry(
                                TestPool.address("10.0.0.9:6443"),
                                "a registration address that is not in the list, for the time when no listed server is"
                                        + " usable"))
                .containsKey(D);
        assertThat(leftOut(pool).get(D)).isNotBlank();
    }

    @Test
    void saysWhyUsableServersComeLater() {
        TestPool pool = TestPool.builder()
                .prefer(Prefer.LOCAL)
                .policy(Policy.LATENCY)
                .local(TestPool.ip("10.0.0.1"), TestPool.ip("10.0.0.2"))
                .managed(A, B, C, D)
                .build();
        pool.connect(A, Duration.ofMillis(2));
        pool.connect(B, Duration.ofMillis(20));
        pool.identify(D, Certificate.Identity.OUT_OF_DATE);

        assertThat(order(pool)).containsExactly(A);
        assertThat(leftOut(pool))
                .contains(
                        entry(B, "others are faster to connect to"),
                        entry(C, "not on this host, whose own servers are preferred"));
        assertThat(leftOut(pool).get(D)).startsWith("ranked below all others");
    }

    @Test
    void tellsWhichServerIsTriedAsALastResort() {
        TestPool pool = TestPool.managing(A, B, C);
        pool.admin(C, AdminState.MAINT);
        pool.pass(B);
        pool.down(A, B);

        Explanation explanation = pool.pool.explain(CLIENT);

        assertThat(explanation.mode()).isEqualTo(Mode.LAST_RESORT);
        assertThat(explanation.because())
                .isEqualTo("no server is usable, so those that promise most are tried; there is no other");
        assertThat(order(pool)).containsExactly(B);
        assertThat(leftOut(pool).get(A)).endsWith("; it is tried after those that promise more");
        assertThat(leftOut(pool)).containsEntry(C, "in maintenance");
    }

    @Test
    void saysThatThereIsNothingToTry() {
        Explanation explanation = TestPool.managing().pool.explain(CLIENT);

        assertThat(explanation.candidates()).isEmpty();
        assertThat(explanation.because()).isEqualTo("there is no server that may be tried");
    }

    @Test
    void tellsTheFirstSixteenInOrderAndThenTheOthers() {
        ServerAddress[] servers = IntStream.rangeClosed(1, 20)
                .mapToObj(i -> TestPool.address("10.0.1." + i + ":6443"))
                .toArray(ServerAddress[]::new);
        TestPool pool = TestPool.builder().managed(servers).build();

        List<ServerAddress> order = order(pool);

        List<ServerAddress> tried = new ArrayList<>();
        while (tried.size() < 16) {
            tried.add(pool.take(tried.toArray(ServerAddress[]::new)).server().address());
        }
        assertThat(order.subList(0, 16)).isEqualTo(tried);
        List<ServerAddress> others = new ArrayList<>(List.of(servers));
        others.removeAll(tried);
        assertThat(order.subList(16, 20)).as("as in the list").isEqualTo(others);
    }
}
