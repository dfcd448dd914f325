package io.apiserverlb.pool;

import static io.apiserverlb.pool.TestPool.A;
import static io.apiserverlb.pool.TestPool.B;
import static org.assertj.core.api.Assertions.assertThat;

import io.apiserverlb.testing.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What operators set stays by address, for a week after the server left. */
class RememberedSettingsTest {
    private static final Duration WEEK = Duration.ofDays(7);

    private final TestPool pool = TestPool.managing(A, B);

    private void remove(ServerAddress address) {
        pool.change(new ListChange.Remove(address));
    }

    private void add(ServerAddress address) {
        pool.change(new ListChange.Add(address, null));
    }

    @Test
    void comeBackWithTheServer() {
        pool.change(new ListChange.Patch(A, AdminState.DRAIN, 50));
        remove(A);
        pool.clock.advance(WEEK.minusSeconds(1));
        pool.pool.forget();

        add(A);

        assertThat(pool.server(A).setting()).isEqualTo(new Setting(AdminState.DRAIN, 50));
    }

    @Test
    void areForgottenAfterAWeek() {
        pool.weight(A, 50);
        remove(A);
        pool.clock.advance(WEEK);
        long version = pool.pool.list().version();
        pool.pool.forget();
        assertThat(pool.pool.list().remembered()).isEmpty();
        assertThat(pool.pool.list().version())
                .as("that is no change to the list")
                .isEqualTo(version);

        add(A);

        assertThat(pool.server(A).setting()).isEqualTo(Setting.DEFAULT);
    }

    @Test
    void mayHaveAnyTimeOfLeaving() {
        Instant now = pool.clock.instant();

        assertThat(new Remembered(Setting.DEFAULT, Instant.MIN).isExpired(now)).isTrue();
        assertThat(new Remembered(Setting.DEFAULT, Instant.MAX).isExpired(now)).isFalse();
    }

    @Test
    void areNeverForgottenWhileTheServerIsInTheList() {
        pool.weight(A, 50);
        pool.clock.advance(WEEK.multipliedBy(10));
        pool.pool.forget();

        assertThat(pool.server(A).setting().weight()).isEqualTo(50);
        assertThat(pool.pool.list().remembered().get(A))
                .isEqualTo(new Remembered(new Setting(AdminState.READY, 50), null));
    }

    @Test
    void startTheWeekAnewWhenTheServerWasBack() {
        pool.weight(A, 50);
        remove(A);
        pool.clock.advance(WEEK.minusDays(1));
        add(A);
        remove(A);
        pool.clock.advance(WEEK.minusDays(1));
        pool.pool.forget();

        add(A);

        assertThat(pool.server(A).setting().weight()).isEqualTo(50);
    }

    @Test
    void areForgottenAfterAWeekThoughNobodyCleanedUp() {
        pool.admin(A, AdminState.DRAIN);
        remove(A);
        pool.clock.advance(WEEK);

        pool.change(new ListChange.Add(A, 60));

        assertThat(pool.server(A).setting()).isEqualTo(new Setting(AdminState.READY, 60));
    }

    @Test
    void areNeverForgottenWhileARegistrationUrlHoldsTheName() {
        ServerAddress name = TestPool.address("seed.example.com:6443");
        TestPool withSeed =
                TestPool.builder().seeds("https://seed.example.com:6443").build();
        withSeed.resolve("seed.example.com", "10.0.0.1");
        withSeed.weight(name, 20);
        withSeed.pool.forget();
        withSeed.clock.advance(WEEK);
        withSeed.pool.forget();

        withSeed.resolve("seed.example.com", "10.0.0.2");

        assertThat(withSeed.server(B).setting().weight()).isEqualTo(20);
    }

    @Test
    void areRestoredFromTheLastLife() {
        ManualClock clock = new ManualClock();
        TestPool restored = TestPool.builder()
                .clock(clock)
                .managed(A)
                .remembered(Map.of(
                        A, new Remembered(new Setting(AdminState.MAINT, 100), null),
                        B,
                                new Remembered(
                                        new Setting(AdminState.READY, 7),
                                        clock.instant().minus(WEEK.minusDays(1)))))
                .version(41)
                .build();

        assertThat(restored.server(A).state()).isEqualTo(ServerState.MAINT);
        assertThat(restored.pool.list().version()).isEqualTo(41);

        restored.change(new ListChange.Replace(List.of(A, B)));
        assertThat(restored.server(B).setting().weight()).isEqualTo(7);
    }

    @Test
    void giveWayToAWeightThatIsGivenWithTheAddress() {
        pool.change(new ListChange.Patch(A, AdminState.DRAIN, 50));
        remove(A);

        pool.change(new ListChange.Add(A, 60));

        assertThat(pool.server(A).setting()).isEqualTo(new Setting(AdminState.DRAIN, 60));
    }
}
