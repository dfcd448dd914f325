package io.apiserverlb.pool;

import static io.apiserverlb.pool.Outcome.HARD;
import static io.apiserverlb.pool.Outcome.NEUTRAL;
import static io.apiserverlb.pool.Outcome.PASS;
import static io.apiserverlb.pool.Outcome.SOFT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HealthTest {
    private static final Health.Thresholds DEFAULTS = new Health.Thresholds(2, 3, 1);
    private static final int FULL = 4;

    private static Health trusted(Outcome... outcomes) {
        return after(Health.trusted(DEFAULTS), outcomes);
    }

    private static Health after(Health start, Outcome... outcomes) {
        Health health = start;
        for (Outcome outcome : outcomes) {
            health = health.after(outcome);
        }
        return health;
    }

    @Test
    void hasFailedSoftlyUntilTheNextCheckThatCounts() {
        Health start = Health.trusted(DEFAULTS);

        assertThat(start.failedSoftly()).isFalse();
        assertThat(start.after(SOFT).failedSoftly()).isTrue();
        assertThat(after(start, SOFT, PASS).failedSoftly()).isFalse();
    }

    // ---- rise and fall

    @Test
    void startsInUseAndFallsAtTheFirstFailure() {
        Health start = Health.trusted(DEFAULTS);

        Health failed = start.after(HARD);

        assertThat(start.up()).isTrue();
        assertThat(start.credit()).isEqualTo(2);
        assertThat(failed.up()).isFalse();
        assertThat(failed.credit()).isZero();
    }

    @Test
    void startsUnprovenAndRisesWithTheFirstPass() {
        Health start = Health.unproven(DEFAULTS);

        Health passed = start.after(PASS);

        assertThat(start.up()).isFalse();
        assertThat(start.credit()).isEqualTo(1);
        assertThat(passed.credit()).isEqualTo(FULL);
        assertThat(passed.state()).isEqualTo(ServerState.UP);
    }

    @Test
    void needsAsManyPassesAsRiseWhenUnprovenAndFailing() {
        Health failed = Health.unproven(DEFAULTS).after(HARD);

        assertThat(failed.credit()).isZero();
        assertThat(failed.after(PASS).state()).isEqualTo(ServerState.GOING_UP);
        assertThat(after(failed, PASS, PASS).credit()).isEqualTo(FULL);
    }

    @Test
    void goesDownAfterAsManyHardFailuresAsFall() {
        Health full = trusted(PASS);

        assertThat(after(full, HARD).state()).isEqualTo(ServerState.GOING_DOWN);
        assertThat(after(full, HARD, HARD).state()).isEqualTo(ServerState.GOING_DOWN);
        assertThat(after(full, HARD, HARD, HARD).state()).isEqualTo(ServerState.DOWN);
        assertThat(after(full, HARD, HARD, HARD).credit()).isZero();
    }

    @Test
    void getsItsFullCreditBackWithOnePassWhileGoingDown() {
        Health goingDown = trusted(PASS, HARD, HARD);

        Health passed = goingDown.after(PASS);

        assertThat(goingDown.credit()).isEqualTo(2);
        assertThat(passed.credit()).isEqualTo(FULL);
    }

    @Test
    void startsFromNothingAfterAFailureWhileGoingUp() {
        Health goingUp = trusted(HARD, PASS);

        Health failed = goingUp.after(HARD);

        assertThat(goingUp.state()).isEqualTo(ServerState.GOING_UP);
        assertThat(failed.credit()).isZero();
        assertThat(failed.after(PASS).up()).isFalse();
        assertThat(after(failed, PASS, PASS).up()).isTrue();
    }

    @Test
    void staysAtTheTopAndAtTheBottom() {
        assertThat(trusted(PASS, PASS, PASS)).isEqualTo(trusted(PASS));
        assertThat(trusted(HARD, HARD, HARD)).isEqualTo(trusted(HARD));
    }

    @Test
    void isNotChangedByANeutralResult() {
        for (Health health : List.of(trusted(), trusted(PASS), trusted(HARD), trusted(SOFT), trusted(SOFT, PASS))) {
            assertThat(health.after(NEUTRAL)).isSameAs(health);
        }
    }

    @Test
    void isUncheckedUntilTheFirstResultThatSaysSomething() {
        assertThat(trusted().state()).isEqualTo(ServerState.UNCHECKED);
        assertThat(trusted(NEUTRAL).state()).isEqualTo(ServerState.UNCHECKED);
        assertThat(trusted(NEUTRAL, PASS).state()).isEqualTo(ServerState.UP);
    }

    @Test
    void takesOnlyThresholdsOfAtLeastOne() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Health.Thresholds(0, 1, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new Health.Thresholds(1, 0, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new Health.Thresholds(1, 1, 0));
    }

    // ---- soft failures

    @Test
    void keepsItsCreditButTakesNoSessionsAfterASoftFailure() {
        Health stopping = trusted(PASS, SOFT);

        assertThat(stopping.state()).isEqualTo(ServerState.STOPPING);
        assertThat(stopping.credit()).isEqualTo(FULL);
        assertThat(stopping.up()).isTrue();
    }

    @Test
    void stopsOnlyAfterAsManySoftFailuresInARowAsSoftFall() {
        Health full = after(Health.trusted(new Health.Thresholds(2, 3, 2)), PASS);

        assertThat(after(full, SOFT).stopping()).isFalse();
        assertThat(after(full, SOFT, SOFT).stopping()).isTrue();
        assertThat(after(full, SOFT, PASS, SOFT).stopping()).isFalse();
        assertThat(after(full, SOFT, NEUTRAL, SOFT).stopping()).isTrue();
    }

    @Test
    void takesSessionsAgainAfterAsManyPassesInARowAsRise() {
        Health stopping = trusted(PASS, SOFT);

        assertThat(after(stopping, PASS).stopping()).isTrue();
        assertThat(after(stopping, PASS, SOFT, PASS).stopping()).isTrue();
        assertThat(after(stopping, PASS, NEUTRAL, PASS).state()).isEqualTo(ServerState.UP);
    }

    @Test
    void goesDownAtOnceWhenAStoppingServerFailsHard() {
        Health stopping = trusted(PASS, SOFT);

        Health failed = stopping.after(HARD);

        assertThat(failed.state()).isEqualTo(ServerState.DOWN);
        assertThat(failed.stopping()).isFalse();
    }

    @Test
    void losesAllCreditByASoftFailureWhileGoingUp() {
        Health goingUp = trusted(HARD, PASS);

        Health failed = goingUp.after(SOFT);

        assertThat(failed.credit()).isZero();
        assertThat(failed.state()).isEqualTo(ServerState.DOWN);
    }

    @Test
    void mayBeReadyWhileItPassesButNotForLongEnough() {
        assertThat(trusted(PASS).maybeReady()).isFalse();
        assertThat(trusted(PASS, SOFT).maybeReady()).isFalse();
        assertThat(trusted(PASS, SOFT, PASS).maybeReady()).isTrue();
        assertThat(trusted(PASS, SOFT, PASS, SOFT).maybeReady()).isFalse();
        assertThat(trusted(PASS, SOFT, PASS, HARD).maybeReady()).isFalse();
        assertThat(trusted(PASS, SOFT, PASS, PASS).maybeReady()).isFalse();
    }

    // ---- failures of real traffic

    @Test
    void takesNoSessionsAfterAsManyFailedConnectionsAsFall() {
        Health full = trusted(PASS);

        Health twice = full.afterFailedConnect().afterFailedConnect();
        Health thrice = twice.afterFailedConnect();

        assertThat(twice.takesSessions()).isTrue();
        assertThat(thrice.takesSessions()).isFalse();
        assertThat(thrice.effectiveCredit()).isZero();
        assertThat(thrice.up()).as("checks alone decide over sessions").isTrue();
    }

    @Test
    void countsAFailedConnectionLikeAHardFailure() {
        Health full = trusted(PASS);

        assertThat(full.afterFailedConnect().after(HARD).effectiveCredit())
                .isEqualTo(full.after(HARD).after(HARD).credit());
        assertThat(full.after(HARD).afterFailedConnect().effectiveCredit())
                .isEqualTo(full.after(HARD).after(HARD).credit());
        assertThat(trusted().afterFailedConnect().takesSessions()).isFalse();
    }

    @Test
    void isDownByFailedConnectionsThoughItSaidThatItStops() {
        Health failing = trusted(PASS, SOFT).afterFailedConnect().afterFailedConnect();

        assertThat(failing.state()).isEqualTo(ServerState.STOPPING);
        assertThat(failing.afterFailedConnect().state()).isEqualTo(ServerState.DOWN);
    }

    @Test
    void forgetsFailedConnectionsWithAGoodOneButKeepsTheChecksCredit() {
        Health suspected = trusted(PASS, HARD).afterFailedConnect();

        Health trustedAgain = suspected.afterGoodConnect();

        assertThat(suspected.effectiveCredit()).isEqualTo(2);
        assertThat(trustedAgain.effectiveCredit()).isEqualTo(3);
        assertThat(trustedAgain.credit()).isEqualTo(3);
    }

    @Test
    void forgetsFailedConnectionsWithAPassedCheck() {
        Health suspected = trusted(PASS).afterFailedConnect().afterFailedConnect();

        assertThat(suspected.after(PASS).effectiveCredit()).isEqualTo(FULL);
    }

    // ---- when to check again

    @Test
    void isInDoubtWhileTheLastResultsDisagree() {
        assertThat(trusted().inDoubt()).as("unchecked").isTrue();
        assertThat(Health.trusted(new Health.Thresholds(1, 1, 1)).inDoubt())
                .as("unchecked, though at the top")
                .isTrue();
        assertThat(trusted(PASS).inDoubt()).as("full credit").isFalse();
        assertThat(trusted(PASS, HARD).inDoubt()).as("going down").isTrue();
        assertThat(trusted(HARD).inDoubt()).as("down").isFalse();
        assertThat(trusted(HARD, PASS).inDoubt()).as("going up").isTrue();
    }

    @Test
    void isInDoubtWhileTrafficFailsAndChecksPass() {
        Health once = trusted(PASS).afterFailedConnect();
        Health thrice = once.afterFailedConnect().afterFailedConnect();

        assertThat(once.inDoubt()).isTrue();
        assertThat(thrice.inDoubt()).isTrue();
        assertThat(thrice.after(PASS).inDoubt()).isFalse();
        assertThat(trusted().afterFailedConnect().after(HARD).inDoubt())
                .as("down, and everybody knows")
                .isFalse();
    }

    // ---- more passes to come up

    @Test
    void staysFullWhenTheRiseChanges() {
        Health full = trusted(PASS);

        assertThat(full.withRise(16).credit()).isEqualTo(18);
        assertThat(full.withRise(16).state()).isEqualTo(ServerState.UP);
        assertThat(full.withRise(16).withRise(2)).isEqualTo(full);
        assertThat(full.withRise(2)).isSameAs(full);
    }

    @Test
    void staysAsFarFromFallingWhenTheRiseChanges() {
        Health once = trusted(PASS, HARD).withRise(8);

        assertThat(after(once, HARD).up()).isTrue();
        assertThat(after(once, HARD, HARD).up()).isFalse();
    }

    @Test
    void doesNotComeUpByAChangeOfTheRiseAlone() {
        Health goingUp = trusted(HARD).withRise(8).after(PASS).after(PASS).after(PASS);

        Health calmed = goingUp.withRise(2);

        assertThat(goingUp.credit()).isEqualTo(3);
        assertThat(calmed.up()).isFalse();
        assertThat(calmed.after(PASS).credit()).isEqualTo(FULL);
    }

    // ---- all of it

    @Test
    void agreesWithAnIndependentModelInAllSequencesOfEightResults() {
        int sequences = 0;
        for (int rise = 1; rise <= 4; rise++) {
            for (int fall = 1; fall <= 4; fall++) {
                for (int softFall = 1; softFall <= 2; softFall++) {
                    Health.Thresholds thresholds = new Health.Thresholds(rise, fall, softFall);
                    sequences +=
                            compare(Health.trusted(thresholds), HealthModel.trusted(thresholds), new ArrayList<>(), 8);
                    sequences += compare(
                            Health.unproven(thresholds), HealthModel.unproven(thresholds), new ArrayList<>(), 8);
                }
            }
        }

        assertThat(sequences).isEqualTo(4 * 4 * 2 * 2 * (1 << 16));
    }

    @Test
    void agreesWithTheModelWhenTheRiseChangesOnTheWay() {
        for (int rise = 1; rise <= 4; rise++) {
            for (int fall = 1; fall <= 4; fall++) {
                Health.Thresholds thresholds = new Health.Thresholds(rise, fall, 2);
                changeRise(Health.trusted(thresholds), HealthModel.trusted(thresholds), 4);
                changeRise(Health.unproven(thresholds), HealthModel.unproven(thresholds), 4);
            }
        }
    }

    private static void changeRise(Health health, HealthModel model, int left) {
        for (int rise : new int[] {1, 2, 3, 4, 8}) {
            Health changed = health.withRise(rise);
            assertThat(changed.credit()).isBetween(0, changed.thresholds().top());
            compare(changed, model.withRise(rise), new ArrayList<>(), 4);
        }
        if (left > 0) {
            for (Outcome outcome : Outcome.values()) {
                changeRise(health.after(outcome), model.after(outcome), left - 1);
            }
        }
    }

    /** Depth first, so that sequences with a common beginning share the work; returns how many sequences were compared. */
    private static int compare(Health health, HealthModel model, List<Outcome> sequence, int left) {
        if (health.up() != model.up()
                || health.credit() != model.credit()
                || health.state() != model.state()
                || (health.takesSessions() && !health.stopping()) != model.usable()) {
            throw new AssertionError(
                    health.thresholds() + " after " + sequence + ": " + health + " is not as the model " + model);
        }
        if (left == 0) {
            return 1;
        }
        int compared = 0;
        for (Outcome outcome : Outcome.values()) {
            sequence.add(outcome);
            compared += compare(health.after(outcome), model.after(outcome), sequence, left - 1);
            sequence.remove(sequence.size() - 1);
        }
        return compared;
    }
}
