package io.apiserverlb.pool;

import static io.apiserverlb.pool.TestPool.A;
import static io.apiserverlb.pool.TestPool.B;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What operators are told of certificates: at each look, and once as an event. */
class CertificateWarningsTest {
    private static final Instant NOW = Instant.parse("2026-11-23T04:10:00Z");
    private static final Duration MONTH = Duration.ofDays(30);

    private final TestPool pool = TestPool.managing(A, B);

    private static CertificateWarnings warnings(String... hosts) {
        return new CertificateWarnings(List.of(hosts), null);
    }

    private void shows(ServerAddress server, Instant notAfter, String... names) {
        pool.pool.checked(
                server,
                new CheckReport(
                        new CheckResult(
                                CheckResult.Type.HTTPS, CheckResult.Code.L7OK, 200, "ok", Duration.ofMillis(1), NOW),
                        new Certificate(
                                Certificate.Identity.VERIFIED,
                                null,
                                NOW.minus(MONTH),
                                notAfter,
                                "CN=k3s",
                                List.of(names)),
                        null,
                        null));
    }

    private List<String> of(CertificateWarnings warnings, Instant now) {
        return warnings.of(pool.server(A), now);
    }

    @Test
    void areNoneWhereAllIsWellOrNothingIsKnown() {
        assertThat(of(warnings("127.0.0.1"), NOW)).isEmpty();

        shows(A, NOW.plus(MONTH), "kubernetes", "127.0.0.1", "0:0:0:0:0:0:0:1", "LOCALHOST");

        assertThat(of(warnings("127.0.0.1", "::1", "localhost"), NOW)).isEmpty();
    }

    @Test
    void nameTheHostsThatTheCertificateDoesNotCover() {
        shows(A, NOW.plus(MONTH), "kubernetes.default.svc", "127.0.0.1");

        assertThat(of(warnings("127.0.0.1", "::1", "localhost"), NOW))
                .containsExactly("the certificate does not cover ::1, localhost: clients that connect there need"
                        + " tls-server-name, such as kubernetes.default.svc");
    }

    @Test
    void nameTheConfiguredNameWhereTheCertificateCoversIt() {
        shows(A, NOW.plus(MONTH), "kubernetes", "api.example");

        assertThat(of(new CertificateWarnings(List.of("127.0.0.1"), "api.example"), NOW))
                .allMatch(text -> text.endsWith("such as api.example"));
    }

    @Test
    void saySoIfThereIsNoNameEither() {
        shows(A, NOW.plus(MONTH), "10.0.0.1");

        assertThat(of(warnings("127.0.0.1"), NOW))
                .containsExactly("the certificate does not cover 127.0.0.1, nor a name that clients could be given as"
                        + " tls-server-name");
    }

    @Test
    void comeTwoWeeksBeforeTheEnd() {
        Instant end = NOW.plus(MONTH);
        shows(A, end, "127.0.0.1");
        CertificateWarnings warnings = warnings("127.0.0.1");

        assertThat(of(warnings, end.minus(Duration.ofDays(14)).minusSeconds(1))).isEmpty();
        assertThat(of(warnings, end.minus(Duration.ofDays(14)).plusSeconds(1)))
                .containsExactly("the certificate expires at 2026-12-23T04:10:00Z");
        assertThat(of(warnings, end.plusSeconds(1))).containsExactly("the certificate expired at 2026-12-23T04:10:00Z");
    }

    private List<String> told() {
        return pool.events.latest().stream()
                .filter(event -> event.type() == Event.Type.CERTIFICATE && event.severity() == Event.Severity.WARN)
                .map(Event::message)
                .toList();
    }

    private static String missing(ServerAddress server) {
        return server + ": the certificate does not cover 127.0.0.1: clients that connect there need tls-server-name,"
                + " such as kubernetes";
    }

    @Test
    void areToldOncePerServerAndCertificate() {
        CertificateNotices notices = new CertificateNotices(warnings("127.0.0.1"), () -> NOW, pool.events);
        pool.pool.subscribe(notices::accept);

        Instant end = NOW.plus(MONTH);
        Stream.of(A, B, A, A).forEach(server -> shows(server, end, "kubernetes"));
        notices.lookAgain(pool.pool.list());
        assertThat(told()).containsExactly(missing(A), missing(B));

        shows(A, end.plusSeconds(1), "kubernetes"); // renewed
        pool.hard(A); // no certificate seen
        assertThat(told()).containsExactly(missing(A), missing(B), missing(A));

        shows(A, end, "kubernetes"); // there are two behind the address
        assertThat(told()).hasSize(3);

        IntStream.range(0, 200).forEach(i -> shows(B, end.plusSeconds(i), "kubernetes"));
        assertThat(told()).hasSizeBetween(20, 100);
    }

    @Test
    void areToldWhenTheyBecomeTrue() {
        Instant[] now = {NOW};
        CertificateNotices notices = new CertificateNotices(warnings(), () -> now[0], pool.events);
        pool.pool.subscribe(notices::accept);
        shows(A, NOW.plus(MONTH), "kubernetes");
        assertThat(told()).isEmpty();

        now[0] = NOW.plus(MONTH).minusSeconds(1);
        notices.lookAgain(pool.pool.list());
        notices.lookAgain(pool.pool.list());

        assertThat(told()).containsExactly(A + ": the certificate expires at 2026-12-23T04:10:00Z");
    }
}
