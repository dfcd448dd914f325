package io.apiserverlb.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.apiserverlb.testing.ManualClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class HedgeBudgetTest {
    private final ManualClock clock = new ManualClock();
    private final HedgeBudget budget = new HedgeBudget(clock::nanos);

    private int takeAll() {
        int taken = 0;
        while (budget.take()) {
            taken++;
        }
        return taken;
    }

    @Test
    void beginsWithThatOfOneSecond() {
        assertThat(takeAll()).isEqualTo(1);
    }

    @Test
    void growsByOneASecondWithoutSessions() {
        takeAll();

        clock.advance(Duration.ofSeconds(3));

        assertThat(takeAll()).isEqualTo(3);
    }

    @Test
    void growsByATenthOfTheNewSessions() {
        takeAll();

        for (int i = 0; i < 50; i++) {
            budget.opened();
        }

        assertThat(takeAll()).isEqualTo(5);
        assertThat(takeAll()).isZero();
    }

    @Test
    void takesBackWhatWasNotUsed() {
        takeAll();

        budget.giveBack();

        assertThat(takeAll()).isEqualTo(1);
    }

    @Test
    void savesUpNoMoreThanTen() {
        clock.advance(Duration.ofHours(1));
        for (int i = 0; i < 1_000; i++) {
            budget.opened();
        }

        assertThat(takeAll()).isEqualTo(10);
    }
}
