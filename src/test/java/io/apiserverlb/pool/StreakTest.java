package io.apiserverlb.pool;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StreakTest {
    private static final boolean ANEW = true;
    private static final Health UP =
            Health.trusted(new Health.Thresholds(2, 3, 1)).after(Outcome.PASS);
    private static final Health STOPPING = UP.after(Outcome.SOFT);
    private static final Health DOWN =
            Health.unproven(new Health.Thresholds(2, 3, 1)).after(Outcome.HARD);

    @Test
    void isWellUntilSomethingFails() {
        assertThat(Streak.NONE.isWell()).isTrue();
        assertThat(Streak.NONE.afterFailedConnect(5).isWell()).isFalse();
        assertThat(Streak.NONE.after(Outcome.SOFT, ANEW, STOPPING, 5).isWell()).isFalse();
        assertThat(Streak.NONE.after(Outcome.HARD, ANEW, UP, 5).isWell()).isFalse();
    }

    @Test
    void isWellAgainOnceAServerIsReadyAgain() {
        Streak red = Streak.NONE.after(Outcome.SOFT, ANEW, STOPPING, 5);

        assertThat(red.after(Outcome.PASS, ANEW, STOPPING, 6).redSince()).isEqualTo(5);
        assertThat(red.after(Outcome.PASS, ANEW, UP, 6).isWell()).isTrue();
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
        Streak byCheck = Streak.NONE.after(Outcome.HARD, ANEW, UP, 5);

        assertThat(byTraffic.afterGoodConnect()).isEqualTo(Streak.NONE);
        assertThat(byCheck.afterGoodConnect()).isSameAs(byCheck);
        assertThat(Streak.NONE.afterGoodConnect()).isSameAs(Streak.NONE);
    }

    @Test
    void knowsWhichPassMadeAConnection() {
        Streak passed = Streak.NONE.after(Outcome.PASS, ANEW, UP, 5).after(Outcome.PASS, !ANEW, UP, 6);

        assertThat(passed.passedAt()).isEqualTo(6);
        assertThat(passed.passedAnewAt()).isEqualTo(5);
    }

    @Test
    void isEndedByAnAnswerThatSaysNotReady() {
        Streak failing = Streak.NONE.after(Outcome.HARD, ANEW, UP, 5);

        assertThat(failing.after(Outcome.SOFT, ANEW, STOPPING, 6)).isEqualTo(new Streak(null, false, 6L, null, null));
    }

    @Test
    void isNotEndedByItWhereTheServerIsDownOrTrafficStillSuffers() {
        Streak failing = Streak.NONE.after(Outcome.HARD, ANEW, UP, 5);

        assertThat(failing.after(Outcome.SOFT, ANEW, DOWN, 6).failingSince()).isEqualTo(5);
        assertThat(failing.after(Outcome.SOFT, ANEW, STOPPING.afterFailedConnect(), 6)
                        .failingSince())
                .isEqualTo(5);
    }
}
