package io.apiserverlb.pool;

import static io.apiserverlb.pool.TestPool.A;
import static io.apiserverlb.pool.TestPool.B;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is kept for a time is kept for that time, to whatever the clock is set meanwhile. */
class ClockSetTest {
    private static final Duration WEEK = Duration.ofDays(7);
    private static final Duration FORGET_AFTER = Duration.ofMinutes(10);
    private static final Duration TWENTY_YEARS = Duration.ofDays(7_300);

    private static List<Duration> jumps(long days) {
        return List.of(Duration.ofDays(days), Duration.ofDays(-days));
    }

    @ParameterizedTest
    @ValueSource(longs = {-20_000, -1, 1, 20_000})
    void aServerThatLeftLingersForItsTime(long days) {
        for (Duration jump : jumps(days)) {
            TestPool pool = TestPool.builder().discovered(A, B).build();
            pool.discover(B);

            pool.clock.set(jump);
            pool.clock.advance(FORGET_AFTER.minusSeconds(1));
            pool.pool.forget();
            assertThat(pool.servers()).containsExactly(B, A);
            pool.clock.advance(Duration.ofSeconds(1));
            pool.pool.forget();

            assertThat(pool.servers()).containsExactly(B);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {-20_000, -1, 1, 20_000})
    void aSeedThatLeftIsSparedForItsTime(long days) {
        for (Duration jump : jumps(days)) {
            TestPool pool = TestPool.builder()
                    .discovered(A, B)
                    .seeds("https://10.0.0.1:6443")
                    .build();
            pool.discover(B);

            pool.clock.set(jump);
            pool.clock.advance(FORGET_AFTER.minusSeconds(1));
            pool.pool.forget();
            assertThat(pool.server(A).place().spareSince()).isNotNull();
            pool.clock.advance(Duration.ofSeconds(1));
            pool.pool.forget();

            assertThat(pool.server(A).place().spareSince()).isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {-20_000, -1, 1, 20_000})
    void aSettingIsKeptForItsWeek(long days) {
        for (Duration jump : jumps(days)) {
            TestPool pool = TestPool.managing(A, B);
            pool.weight(A, 50);
            pool.change(new ListChange.Remove(A));
            pool.clock.advance(Duration.ofDays(1));
            pool.pool.forget();

            pool.clock.set(jump);
            pool.clock.advance(WEEK.minusDays(1).minusSeconds(1));
            pool.pool.forget();
            assertThat(pool.pool.list().remembered()).containsOnlyKeys(A);
            pool.clock.advance(Duration.ofSeconds(1));
            pool.pool.forget();

            assertThat(pool.pool.list().remembered()).isEmpty();
        }
    }

    @Test
    void tellsWhichWayItWent() {
        assertThat(TimeOfDay.describe(Duration.ofHours(-2))).startsWith("the time of day moved back by PT2H at once");
        assertThat(TimeOfDay.describe(Duration.ofHours(3))).startsWith("the time of day moved ahead by PT3H at once");
    }

    @Test
    void aChangeThatIsTheFirstToSeeTheClockSetForgetsNothing() {
        TestPool pool = TestPool.managing(A, B);
        pool.admin(A, AdminState.MAINT);
        pool.change(new ListChange.Remove(A));

        pool.clock.set(TWENTY_YEARS);
        pool.change(new ListChange.Add(A, null));

        assertThat(pool.server(A).setting().admin()).isEqualTo(AdminState.MAINT);
    }

    @Test
    void aSettingThatAWrongClockHasDatedLaterThanNowGoesAWeekFromNow() {
        TestPool pool = TestPool.builder().managed(B).build();
        Instant wrong = pool.clock.instant().plus(TWENTY_YEARS);
        TestPool restored = TestPool.builder()
                .managed(B)
                .remembered(Map.of(A, new Remembered(new Setting(AdminState.MAINT, 100), wrong)))
                .build();

        restored.clock.advance(WEEK.minusSeconds(1));
        restored.pool.forget();
        assertThat(restored.pool.list().remembered()).containsOnlyKeys(A);
        restored.clock.advance(Duration.ofSeconds(1));
        restored.pool.forget();

        assertThat(restored.pool.list().remembered()).isEmpty();
    }

    @Test
    void datesAreAsLongAgoAsBeforeAndHandedToWhoeverKeepsThem() {
        TestPool pool = TestPool.managing(A, B);
        Instant began = pool.clock.instant();
        pool.weight(A, 50);
        pool.clock.advance(Duration.ofHours(1));
        pool.change(new ListChange.Remove(A));
        Instant left = pool.clock.instant();
        long version = pool.pool.list().version();
        List<ServerList> published = new ArrayList<>();
        pool.pool.subscribe(published::add);

        pool.clock.set(TWENTY_YEARS);
        pool.pool.forget();

        assertThat(published).hasSize(2);
        assertThat(pool.server(B).since()).isEqualTo(began.plus(TWENTY_YEARS));
        assertThat(published.get(1).remembered())
                .isEqualTo(Map.of(A, new Remembered(new Setting(AdminState.READY, 50), left.plus(TWENTY_YEARS))));
        assertThat(published.get(1).version()).isEqualTo(version);
        assertThat(pool.messages()).last().asString().startsWith("the time of day moved ahead by PT175200H at once");
    }

    @Test
    void aClockThatIsSetRightByLittleIsNoNews() {
        TestPool pool = TestPool.managing(A, B);
        ServerList before = pool.pool.list();

        for (int i = 0; i < 100; i++) {
            pool.clock.set(Duration.ofSeconds(-59));
            pool.pool.forget();
        }

        assertThat(pool.pool.list()).isSameAs(before);
        assertThat(pool.messages()).isEmpty();
    }

    @Test
    void healthSlowStartAndTurnsGoOn() {
        TestPool pool = TestPool.managing(A, B);
        pool.pass(A, B);
        pool.down(A);

        pool.clock.set(TWENTY_YEARS.negated());
        pool.pool.forget();

        assertThat(pool.usable()).containsExactly(B);
        pool.pass(A, A, A);
        assertThat(pool.usable()).containsExactlyInAnyOrder(A, B);
    }

    @Test
    void eventsKeepTheirOrder() {
        TestPool pool = TestPool.managing(A, B);
        pool.weight(A, 50);
        pool.clock.set(TWENTY_YEARS.negated());
        pool.weight(A, 60);

        assertThat(pool.events.latest()).hasSize(3);
        assertThat(pool.messages().get(0)).contains("50");
        assertThat(pool.messages().get(2)).contains("60");
        assertThat(pool.events.latest().get(2).at())
                .isBefore(pool.events.latest().get(0).at());
    }
}
