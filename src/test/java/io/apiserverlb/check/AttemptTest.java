package io.apiserverlb.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.apiserverlb.check.Attempt.Phase;
import io.apiserverlb.pool.CheckReport;
import io.apiserverlb.pool.CheckResult;
import io.apiserverlb.pool.CheckResult.Code;
import io.apiserverlb.pool.ServerAddress;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AttemptTest {
    private static final Duration TIMEOUT = Duration.ofMillis(1500);
    private static final ServerAddress ADDRESS = new ServerAddress("10.0.0.1", 6443);
    private static final Finding OK = new Finding(Code.L7OK, 200, "ok");

    private final ManualLoop loop = new ManualLoop();
    private final List<CheckReport> reports = new ArrayList<>();
    private final Attempt attempt = new Attempt(
            Pools.server(Pools.of(ADDRESS), ADDRESS),
            false,
            false,
            CheckResult.Type.HTTPS,
            TIMEOUT,
            loop.surroundings(),
            reports::add);

    @Test
    void tellsWhatWasFoundHowLongItTookAndWhen() {
        loop.run(Duration.ofMillis(20));

        attempt.end(OK);

        assertThat(result())
                .isEqualTo(new CheckResult(
                        CheckResult.Type.HTTPS,
                        Code.L7OK,
                        200,
                        "ok",
                        Duration.ofMillis(20),
                        loop.surroundings().clock().instant()));
    }

    @Test
    void endsOnlyOnce() {
        attempt.end(OK);

        attempt.end(new Finding(Code.L7RSP, "late"));
        attempt.cancel();
        loop.run(TIMEOUT);

        assertThat(reports).hasSize(1);
    }

    @Test
    void hasNoResultOnceItIsCancelled() {
        EmbeddedChannel connection = new EmbeddedChannel();
        attempt.uses(connection);

        attempt.cancel();
        loop.run(TIMEOUT);

        assertThat(reports).isEmpty();
        assertThat(connection.isOpen()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "PREPARE, SOCKERR, the files for TLS could not be read within 1500ms",
        "CONNECT, L4TOUT, no connection within 1500ms",
        "HANDSHAKE, L6TOUT, no TLS handshake within 1500ms",
        "ANSWER, L7TOUT, no answer within 1500ms"
    })
    void endsAfterTheTimeoutWithWhatIsMissing(Phase phase, Code code, String detail) {
        attempt.enter(phase);

        loop.run(TIMEOUT.minusMillis(10));
        assertThat(reports).isEmpty();
        loop.run(Duration.ofMillis(10));

        assertThat(result().code()).isEqualTo(code);
        assertThat(result().detail()).isEqualTo(detail);
    }

    @Test
    void boundsAllPhasesTogether() {
        loop.run(Duration.ofMillis(700));
        attempt.enter(Phase.HANDSHAKE);
        loop.run(Duration.ofMillis(700));
        attempt.enter(Phase.ANSWER);
        loop.run(Duration.ofMillis(100));

        assertThat(result().code()).isEqualTo(Code.L7TOUT);
        assertThat(result().duration()).isEqualTo(TIMEOUT);
    }

    @Test
    void doesNotTakePreparationsOffTheTimeOfTheServer() {
        loop.run(Duration.ofMillis(300));
        attempt.enter(Phase.PREPARE);
        loop.run(Duration.ofMillis(1_400));
        attempt.enter(Phase.CONNECT);
        loop.run(Duration.ofMillis(1_100));
        assertThat(reports).isEmpty();
        loop.run(Duration.ofMillis(100));

        assertThat(result().code()).isEqualTo(Code.L4TOUT);
        assertThat(result().duration()).isEqualTo(TIMEOUT);
    }

    @Test
    void tellsHowLongConnectingTook() {
        loop.run(Duration.ofMillis(300));
        attempt.enter(Phase.PREPARE);
        loop.run(Duration.ofMillis(200));
        attempt.enter(Phase.CONNECT);
        loop.run(Duration.ofMillis(40));
        attempt.connected();
        attempt.enter(Phase.HANDSHAKE);
        loop.run(Duration.ofMillis(100));
        attempt.end(OK);

        assertThat(reports).extracting(CheckReport::connect).containsExactly(Duration.ofMillis(40));
    }

    @Test
    void tellsNothingOfConnectingWhenItMadeNoConnection() {
        attempt.enter(Phase.ANSWER);
        loop.run(Duration.ofMillis(20));
        attempt.end(OK);

        assertThat(reports).extracting(CheckReport::connect).containsOnlyNulls();
    }

    @Test
    void closesTheConnectionUnlessTheCheckPassed() {
        EmbeddedChannel connection = new EmbeddedChannel();
        attempt.uses(connection);

        attempt.end(new Finding(Code.L7STS, 500, "etcd"));

        assertThat(connection.isOpen()).isFalse();
    }

    @Test
    void leavesTheConnectionOpenWhenTheCheckPassed() {
        EmbeddedChannel connection = new EmbeddedChannel();
        attempt.uses(connection);

        attempt.end(OK);

        assertThat(connection.isOpen()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"L4TOUT", "L4CON", "L6TOUT", "L6RSP", "L7TOUT", "L7RSP"})
    void takesAFailureForItsOwnWhenThisProcessWasLate(Code code) {
        loop.run(Duration.ofMillis(100));
        loop.standStill(Duration.ofMillis(800));
        loop.run(Duration.ofMillis(100));

        attempt.end(new Finding(code, "reason"));

        assertThat(result().code()).isEqualTo(Code.SOCKERR);
        assertThat(result().detail()).isEqualTo("this process was late itself: reason");
    }

    @Test
    void takesTheTimeoutForItsOwnWhenThisProcessWasLate() {
        loop.run(Duration.ofMillis(600));
        loop.standStill(Duration.ofMillis(900));

        assertThat(result().code()).isEqualTo(Code.SOCKERR);
        assertThat(result().detail()).isEqualTo("this process was late itself: no connection within 1500ms");
    }

    @Test
    void holdsAFailureAgainstTheServerWhenThisProcessWasALittleLate() {
        loop.standStill(Duration.ofMillis(500));
        loop.run(Duration.ofMillis(100));

        attempt.end(new Finding(Code.L4CON, "connection refused"));

        assertThat(result().code()).isEqualTo(Code.L4CON);
    }

    @ParameterizedTest
    @CsvSource({"L7OK", "L7STS"})
    void countsAnAnswerHoweverLateThisProcessWas(Code code) {
        loop.standStill(Duration.ofMillis(1_400));

        attempt.end(new Finding(code, "answer"));

        assertThat(result().code()).isEqualTo(code);
    }

    private CheckResult result() {
        assertThat(reports).hasSize(1);
        return reports.get(0).result();
    }
}
