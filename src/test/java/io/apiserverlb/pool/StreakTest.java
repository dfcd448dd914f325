package io.apiserverlb.pool;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StreakTest {
    private static final boolean ANEW = true;
    private static final boolean STOPPING = true;

    @Test
    void isWellUntilSomethingFails() {
        assertThat(Streak.NONE.isWell()).isTrue();
        assertThat(Streak.NONE.afterFailedConnect(5).isWell()).isFalse();
        assertThat(Streak.NONE.after(Outcome.SOFT, ANEW, STOPPING, 5).isWell()).isFalse();
        assertThat(Streak.NONE.after(Outcome.HARD, ANEW, !STOPPING, 5).isWell()).isFalse();
    }

    @Test
    void isWellAgainOnceAServerIsReadyAgain() {
        Streak red = Streak.NONE.after(Outcome.SOFT, ANEW, STOPPING, 5);

        assertThat(red.after(Outcome.PASS, ANEW, STOPPING, 6).redSince()).isEqualTo(5);
        assertThat(red.after(Outcome.PASS, ANEW, !STOPPING, 6).isWell()).isTrue();
    }

    @Test
    void beginsWithTheFirstFailure() {
        Streak failing = Streak.NONE.afterFailedConnect(5);

        assertThat(failing.failingSince()).isEqualTo(5);
        assertThat(failing.afterFailedConnect(6)).isSameAs(failing);
    }

    @Test
    void isEndedByTrafficOnlyIfTrafficBeganIt() {
        Streak byTraffic = Streak.NONE.afterFailedConnect(5);
        Streak byCheck = Streak.NONE.after(Outcome.HARD, ANEW, !STOPPING, 5);

        assertThat(byTraffic.afterGoodConnect()).isEqualTo(Streak.NONE);
        assertThat(byCheck.afterGoodConnect()).isSameAs(byCheck);
        assertThat(Streak.NONE.afterGoodConnect()).isSameAs(Streak.NONE);
    }

    @Test
    void knowsWhichPassMadeAConnection() {
        Streak passed = Streak.NONE.after(Outcome.PASS, ANEW, !STOPPING, 5).after(Outcome.PASS, !ANEW, !STOPPING, 6);

        assertThat(passed.passedAt()).isEqualTo(6);
        assertThat(passed.passedAnewAt()).isEqualTo(5);
    }
}
