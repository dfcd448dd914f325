package io.apiserverlb.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.apiserverlb.pool.CheckResult;
import io.apiserverlb.pool.CheckResult.Code;
import io.apiserverlb.pool.ServerAddress;
import io.apiserverlb.pool.ServerPool;
import io.apiserverlb.pool.ServerState;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CheckScheduleTest {
    private static final ServerAddress ADDRESS = new ServerAddress("10.0.0.1", 6443);
    private static final Duration PATIENCE = Duration.ofMillis(500);
    private static final Duration LONG = Duration.ofMinutes(1);

    private final ManualLoop loop = new ManualLoop();
    private final ServerPool pool = Pools.of(ADDRESS);
    private final FakeProbe probe = new FakeProbe();
    private final List<Duration> late = new ArrayList<>();
    private @Nullable RuntimeException trouble;

    /** Answers every check at once, in a way that can be changed, or not at all. */
    private final class FakeProbe implements Probe {
        private final List<Duration> begun = new ArrayList<>();
        private @Nullable Finding answer = new Finding(Code.L4OK, "ok");
        private @Nullable Attempt latest;
        private boolean closed;
        private Attempt.Phase phase = Attempt.Phase.CONNECT;
        private boolean onOldConnection;

        @Override
        public void begin(Attempt attempt) {
            begun.add(loop.now());
            latest = attempt;
            attempt.enter(phase);
            if (onOldConnection) {
                attempt.uses(new EmbeddedChannel(), true);
            }
            if (answer != null) {
                attempt.end(answer);
            }
        }

        @Override
        public void close() {
            closed = true;
        }

        void end(Finding finding) {
            Objects.requireNonNull(latest).end(finding);
        }

        List<Long> gaps() {
            return IntStream.range(1, begun.size())
                    .mapToObj(i -> begun.get(i).minus(begun.get(i - 1)).toMillis())
                    .toList();
        }
    }

    @Test
    void checksAtOnce() {
        start(0, 1);

        assertThat(probe.begun).containsExactly(Duration.ZERO);
    }

    @Test
    void checksAHealthyServerFromStartToStart() {
        start(0, 1);

        loop.run(Duration.ofSeconds(10));

        assertThat(probe.gaps()).containsExactly(3_000L, 3_000L, 3_000L);
    }

    @Test
    void letsOnlyAPartOfTheFirstIntervalPass() {
        start(0, 0.25);

        loop.run(Duration.ofSeconds(7));

        assertThat(probe.gaps()).containsExactly(750L, 3_000L, 3_000L);
    }

    @Test
    void checksFastOnTheWayDownAndAtItsOwnIntervalWhenItIsDown() {
        start(0, 1);
        loop.run(Duration.ofMillis(10));

        probe.answer = new Finding(Code.L4CON, "connection refused");
        loop.run(Duration.ofSeconds(10));

        // Full credit, twice in doubt, then down.
        assertThat(probe.gaps()).containsExactly(3_000L, 1_000L, 1_000L, 2_000L, 2_000L);
        assertThat(Pools.server(pool, ADDRESS).state()).isEqualTo(ServerState.DOWN);
    }

    @Test
    void checksFastOnTheWayUp() {
        probe.answer = new Finding(Code.L4CON, "connection refused");
        start(0, 1);
        loop.run(Duration.ofMillis(10));

        probe.answer = new Finding(Code.L4OK, "ok");
        loop.run(Duration.ofSeconds(6));

        // Down, going up, up.
        assertThat(probe.gaps()).containsExactly(2_000L, 1_000L, 3_000L);
    }

    @Test
    void staysFastWhileNothingIsKnown() {
        probe.answer = Finding.ownTrouble("no socket");
        start(0, 1);

        loop.run(Duration.ofSeconds(3));

        assertThat(probe.gaps()).containsExactly(1_000L, 1_000L, 1_000L);
        assertThat(Pools.server(pool, ADDRESS).state()).isEqualTo(ServerState.UNCHECKED);
    }

    @Test
    void variesItsIntervalsByTheJitter() {
        start(0.1, 1);

        loop.run(Duration.ofSeconds(100));

        assertThat(probe.gaps())
                .hasSizeGreaterThan(25)
                .allSatisfy(gap -> assertThat(gap).isBetween(2_700L, 3_305L))
                .anySatisfy(gap -> assertThat(gap).isLessThan(2_900))
                .anySatisfy(gap -> assertThat(gap).isGreaterThan(3_100));
    }

    @Test
    void checksAtOnceWhenTrafficFails() {
        start(0, 1);
        loop.run(Duration.ofSeconds(1));

        Pools.failToConnect(pool);
        loop.standStill(Duration.ZERO);

        assertThat(probe.gaps()).containsExactly(1_000L);
    }

    @Test
    void isNotDrivenMadByTrafficThatFailsAllTheTime() {
        start(0, 1);

        for (int i = 0; i < 200; i++) {
            Pools.failToConnect(pool);
            loop.run(Duration.ofMillis(5));
        }

        assertThat(probe.gaps()).containsExactly(200L, 200L, 200L, 200L, 200L);
    }

    @Test
    void checksOnceMoreWhenTrafficFailsDuringACheck() {
        probe.answer = null;
        start(0, 1);
        loop.run(Duration.ofMillis(300));
        Pools.failToConnect(pool);

        probe.end(new Finding(Code.L4OK, "ok"));
        loop.run(Duration.ofMillis(10));

        assertThat(probe.begun).hasSize(2);
    }

    @Test
    void neverChecksTwiceAtATime() {
        probe.answer = null;
        start(0, 1);

        loop.run(Duration.ofSeconds(4));

        // The timeout is longer than the interval: the next check begins with the end of the former one.
        assertThat(probe.gaps()).containsExactly(3_500L);
    }

    @Test
    void tellsWhenACheckThatTrafficAskedForIsLate() {
        start(0, 1);
        loop.run(Duration.ofSeconds(1));
        probe.answer = null;

        Pools.failToConnect(pool);
        loop.run(Duration.ofMillis(900));
        probe.end(new Finding(Code.L4OK, "ok"));
        loop.run(Duration.ofSeconds(1));

        assertThat(late).containsExactly(Duration.ofMillis(1_255), Duration.ofMillis(1_505), Duration.ofMillis(1_755));
    }

    @Test
    void isPatientWithAServerThatNobodyComplainedOf() {
        probe.answer = null;
        start(0, 1);

        loop.run(Duration.ofSeconds(3));

        assertThat(late).isEmpty();
    }

    @Test
    void isPatientWithAServerThatHasAnsweredBefore() {
        start(0, 1);
        loop.run(Duration.ofSeconds(1));
        probe.answer = null;
        probe.phase = Attempt.Phase.ANSWER;

        Pools.failToConnect(pool);
        loop.run(Duration.ofSeconds(2));

        assertThat(late).isEmpty();
    }

    @Test
    void holdsItsOwnLatenessAgainstNobody() {
        start(0, 1);
        loop.run(Duration.ofSeconds(1));
        probe.answer = null;

        Pools.failToConnect(pool);
        loop.run(Duration.ofMillis(100));
        loop.standStill(Duration.ofMillis(600));

        assertThat(late).isEmpty();
    }

    @Test
    void asksAnewWhenTrafficFailsWhileAnOldConnectionIsSilent() {
        probe.answer = null;
        probe.phase = Attempt.Phase.ANSWER;
        probe.onOldConnection = true;
        start(0, 1);
        loop.run(Duration.ofMillis(300));
        probe.phase = Attempt.Phase.CONNECT;
        probe.onOldConnection = false;

        Pools.failToConnect(pool);
        Pools.failToConnect(pool);
        loop.run(Duration.ofMillis(600));

        assertThat(probe.gaps()).containsExactly(305L);
        assertThat(late).containsExactly(Duration.ofMillis(555), Duration.ofMillis(805));
        loop.run(Duration.ofMillis(2_890));
        assertThat(probe.begun).as("within the whole of its time").hasSize(2);
        loop.run(Duration.ofMillis(20));
        assertThat(probe.begun).hasSize(3);
    }

    @Test
    void countsTheTimeThatAServerHasHadWithoutOurPreparations() {
        start(0, 1);
        loop.run(Duration.ofSeconds(1));
        probe.answer = null;
        probe.phase = Attempt.Phase.PREPARE;

        Pools.failToConnect(pool);
        loop.run(Duration.ofMillis(700));
        assertThat(late).isEmpty();
        Objects.requireNonNull(probe.latest).enter(Attempt.Phase.CONNECT);
        loop.run(Duration.ofMillis(600));

        assertThat(late).containsExactly(Duration.ofMillis(1_950), Duration.ofMillis(2_200));
    }

    @Test
    void goesOnWhenAResultCannotBeTakenIn() {
        trouble = new IllegalStateException("no room for results");
        start(0, 1);

        loop.run(Duration.ofSeconds(2));

        assertThat(probe.gaps()).containsExactly(1_000L, 1_000L);
    }

    @Test
    void stopsForGood() {
        CheckSchedule schedule = start(0, 1);

        schedule.stop();
        Pools.failToConnect(pool);
        loop.run(LONG);

        assertThat(probe.begun).hasSize(1);
        assertThat(probe.closed).isTrue();
    }

    @Test
    void givesUpTheCheckThatIsRunningWhenItStops() {
        probe.answer = null;
        CheckSchedule schedule = start(0, 1);

        schedule.stop();
        loop.run(LONG);

        assertThat(Pools.server(pool, ADDRESS).state()).isEqualTo(ServerState.UNCHECKED);
        assertThat(probe.begun).hasSize(1);
    }

    private CheckSchedule start(double jitter, double phase) {
        Checker.Settings settings = new Checker.Settings(
                CheckResult.Type.TCP,
                "/",
                Duration.ofSeconds(3),
                Duration.ofSeconds(1),
                Duration.ofSeconds(2),
                Duration.ofMillis(3_500),
                PATIENCE,
                jitter,
                Duration.ZERO,
                null);
        Surroundings surroundings = loop.surroundings();
        Lateness lateness = new Lateness(PATIENCE, surroundings, (server, since) -> late.add(loop.now()));
        CheckSchedule schedule = new CheckSchedule(settings, probe, phase, surroundings, lateness, report -> {
            if (trouble != null) {
                throw trouble;
            }
            pool.checked(ADDRESS, report);
        });
        pool.subscribe(list -> surroundings.loop().execute(() -> schedule.update(Pools.server(pool, ADDRESS))));
        loop.standStill(Duration.ZERO);
        return schedule;
    }
}
