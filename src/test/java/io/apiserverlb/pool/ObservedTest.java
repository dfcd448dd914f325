package io.apiserverlb.pool;

import static io.apiserverlb.pool.TestPool.A;
import static io.apiserverlb.pool.TestPool.B;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a check's answer means, and what is kept of it. */
class ObservedTest {
    private final TestPool pool = TestPool.managing(A, B);

    @Test
    void takesEachCodeForWhatItIs() {
        Map<CheckResult.Code, Outcome> outcomes = Stream.of(CheckResult.Code.values())
                .collect(Collectors.toMap(
                        code -> code,
                        code -> new CheckResult(
                                        CheckResult.Type.HTTPS, code, null, "", Duration.ZERO, pool.clock.instant())
                                .outcome(true)));

        assertThat(outcomes)
                .containsExactlyInAnyOrderEntriesOf(Map.ofEntries(
                        Map.entry(CheckResult.Code.L4OK, Outcome.PASS),
                        Map.entry(CheckResult.Code.L6OK, Outcome.PASS),
                        Map.entry(CheckResult.Code.L7OK, Outcome.PASS),
                        Map.entry(CheckResult.Code.L7OKC, Outcome.PASS),
                        Map.entry(CheckResult.Code.L7STS, Outcome.SOFT),
                        Map.entry(CheckResult.Code.L7RSP, Outcome.HARD),
                        Map.entry(CheckResult.Code.L6RSP, Outcome.HARD),
                        Map.entry(CheckResult.Code.L4CON, Outcome.HARD),
                        Map.entry(CheckResult.Code.L4TOUT, Outcome.HARD),
                        Map.entry(CheckResult.Code.L6TOUT, Outcome.HARD),
                        Map.entry(CheckResult.Code.L7TOUT, Outcome.HARD),
                        Map.entry(CheckResult.Code.SOCKERR, Outcome.NEUTRAL)));
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403, 429})
    void passesAServerThatRefusesToSayWhetherItIsReady(int status) {
        pool.check(CheckResult.Code.L7OKC, status, A);

        assertThat(pool.server(A).state()).isEqualTo(ServerState.UP);
        assertThat(pool.server(A).observed().readyBefore()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403})
    void stopsAServerThatRefusesAfterItWasReady(int status) {
        pool.pass(A, B);

        pool.check(CheckResult.Code.L7OKC, status, A);

        assertThat(pool.server(A).state()).isEqualTo(ServerState.STOPPING);
    }

    @Test
    void passesAServerThatIsBusyAfterItWasReady() {
        pool.pass(A, B);

        pool.check(CheckResult.Code.L7OKC, 429, A);

        assertThat(pool.server(A).state()).isEqualTo(ServerState.UP);
    }

    @Test
    void ignoresOurOwnTrouble() {
        pool.pass(A);
        Server before = pool.server(A);
        pool.clock.advance(Duration.ofSeconds(1));

        pool.check(CheckResult.Code.SOCKERR, null, A);

        assertThat(pool.server(A)).isEqualTo(before);
    }

    @Test
    void keepsTheLatestResultAndWhenACheckLastPassed() {
        pool.pass(A);
        pool.clock.advance(Duration.ofSeconds(1));

        pool.hard(A);

        Observed observed = pool.server(A).observed();
        assertThat(observed.check()).isNotNull().extracting(CheckResult::code).isEqualTo(CheckResult.Code.L4CON);
        assertThat(observed.lastPassed()).isEqualTo(pool.clock.instant().minusSeconds(1));
        assertThat(observed.readyBefore()).isTrue();
    }

    @Test
    void keepsTheVersionUntilAnotherIsSeen() {
        CheckResult result = new CheckResult(
                CheckResult.Type.HTTPS, CheckResult.Code.L7OK, 200, "", Duration.ZERO, pool.clock.instant());

        pool.pool.checked(A, new CheckReport(result, null, "v1.36.2", null));
        pool.pool.checked(A, new CheckReport(result, null, null, null));
        assertThat(pool.server(A).observed().kubernetesVersion()).isEqualTo("v1.36.2");

        pool.pool.checked(A, new CheckReport(result, null, "v1.37.0", null));
        assertThat(pool.server(A).observed().kubernetesVersion()).isEqualTo("v1.37.0");
    }

    @Test
    void ignoresAResultForAServerThatHasLeft() {
        pool.change(new ListChange.Remove(A));
        ServerList before = pool.pool.list();

        pool.hard(A);

        assertThat(pool.pool.list()).isSameAs(before);
    }
}
