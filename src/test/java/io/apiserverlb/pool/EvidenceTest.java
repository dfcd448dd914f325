package io.apiserverlb.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.apiserverlb.pool.CheckResult.Code;
import java.time.Duration;
import java.time.Instant;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class EvidenceTest {
    private static final Health.Thresholds THRESHOLDS = new Health.Thresholds(2, 3, 1);
    private static final boolean LAST = true;
    private static final boolean OUTPACED = true;

    private final Evidence evidence = new Evidence(THRESHOLDS, SlowStart.of(Duration.ofSeconds(30)));
    private long now = 1;

    private Condition checked(Condition before, Code... codes) {
        Condition condition = before;
        for (Code code : codes) {
            now += Duration.ofSeconds(1).toNanos();
            CheckResult result =
                    new CheckResult(CheckResult.Type.HTTPS, code, null, "for the test", Duration.ZERO, Instant.EPOCH);
            condition = evidence.checked(condition, new CheckReport(result, null, null, null), now);
        }
        return condition;
    }

    private Condition up() {
        return checked(Condition.unseen(Health.trusted(THRESHOLDS)), Code.L7OK, Code.L7OK, Code.L7OK, Code.L7OK);
    }

    private Condition down() {
        return checked(up(), Code.L4CON, Code.L4CON, Code.L4CON);
    }

    /** As it is after the same thing has happened ten times. */
    private static Condition often(Condition before, UnaryOperator<Condition> thing) {
        return Stream.iterate(before, thing).skip(10).findFirst().orElseThrow();
    }

    @Test
    void beginsNoSlowStartForAnAnswerOfAServerThatChecksHaveNotFailed() {
        Condition suspected = evidence.failedToConnect(up(), !LAST, now);

        Condition answered = evidence.answered(suspected, now);

        assertThat(answered.health()).isEqualTo(up().health());
        assertThat(answered.slowStartFrom()).isNull();
    }

    @Test
    void beginsNoSlowStartForAnAnswerOfAServerThatIsStillDown() {
        assertThat(evidence.answered(down(), now).slowStartFrom()).isNull();
    }

    @Test
    void countsAServerAsDownOnceUntilItHasBeenUp() {
        Condition down = down();

        Condition again = checked(down, Code.L7OK, Code.L4CON, Code.L7OK, Code.L4CON);

        assertThat(down.flapping().downs()).hasSize(1);
        assertThat(again.flapping()).isEqualTo(down.flapping());
        assertThat(checked(again, Code.L7OK, Code.L7OK, Code.L4CON, Code.L4CON, Code.L4CON)
                        .flapping()
                        .downs())
                .hasSize(2);
    }

    /** A check and connections take it down together; what further checks say is the same fall. */
    @Test
    void countsAServerAsDownOnceThatTrafficHelpedToTakeDown() {
        Condition failing = checked(up(), Code.L4CON);
        Condition suspected = often(failing, condition -> evidence.failedToConnect(condition, !LAST, now));

        Condition down = checked(suspected, Code.L4CON);
        Condition further = checked(down, Code.L4CON);

        assertThat(down.flapping().downs()).hasSize(1);
        assertThat(further.flapping().downs()).hasSize(1);
    }

    @Test
    void learnsNothingFromTrafficOfAServerThatTakesNone() {
        Condition down = down();

        assertThat(evidence.failedToConnect(down, !LAST, now)).isSameAs(down);
        assertThat(evidence.silent(down, OUTPACED)).isSameAs(down);
        assertThat(evidence.silent(down, !OUTPACED)).isSameAs(down);
        assertThat(evidence.unanswered(down, now)).isSameAs(down);
    }

    @Test
    void holdsSilenceAgainstAServerOnlyIfAnotherIsAskedBeside() {
        Condition up = up();

        Condition silent = evidence.silent(up, !OUTPACED);
        Condition outpaced = evidence.silent(up, OUTPACED);

        assertThat(silent.health()).isEqualTo(up.health());
        assertThat(silent.requests()).isEqualTo(up.requests().doubt());
        assertThat(outpaced.health()).isNotEqualTo(up.health());
        assertThat(outpaced.requests()).isEqualTo(up.requests().doubt());
    }

    @Test
    void asksForNoMoreChecksOfAServerThatIsInDoubt() {
        Condition inDoubt = checked(up(), Code.L4CON);

        assertThat(evidence.silent(inDoubt, OUTPACED).requests()).isEqualTo(inDoubt.requests());
        assertThat(evidence.unanswered(inDoubt, now)).isSameAs(inDoubt);
        assertThat(evidence.unanswered(up(), now).requests().doubts()).isOne();
    }

    @Test
    void takesOutAServerWhoseChecksAreLateButNotTheLastOne() {
        Condition up = up();

        assertThat(often(up, condition -> evidence.late(condition, !LAST))
                        .health()
                        .takesSessions())
                .isFalse();
        Condition last = often(up, condition -> evidence.late(condition, LAST));
        assertThat(last.health().takesSessions()).isTrue();
        assertThat(last.health()).as("what does not matter counts").isNotEqualTo(up.health());
    }

    @Test
    void takesOutAServerThatRefusesTrafficButNotTheLastOne() {
        Condition up = up();

        assertThat(often(up, condition -> evidence.failedToConnect(condition, !LAST, now))
                        .health()
                        .takesSessions())
                .isFalse();
        Condition last = often(up, condition -> evidence.failedToConnect(condition, LAST, now));
        assertThat(last.health().takesSessions()).isTrue();
        assertThat(last.health()).isNotEqualTo(up.health());
    }

    @Test
    void saysThatOneWhoHasPassedHasNotForLongEnough() {
        Condition coming = checked(down(), Code.L7OK);

        assertThat(coming.reason()).isEqualTo("passes checks, but not for long enough");
        assertThat(down().reason()).isEqualTo("L4CON for the test");
    }
}
