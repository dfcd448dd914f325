package io.apiserverlb.pool;

import static io.apiserverlb.pool.TestPool.A;
import static io.apiserverlb.pool.TestPool.B;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
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
        CertificateNotices notices =
                new CertificateNotices(warnings("127.0.0.1"), () -> NOW, pool.events, Runnable::run);
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

        pool.pool.change(new ListChange.Remove(B), OptionalLong.empty(), "test");
        notices.lookAgain(pool.pool.list()); // forgets it
        pool.pool.change(new ListChange.Add(B, null), OptionalLong.empty(), "test");
        shows(B, end, "kubernetes");
        assertThat(told()).hasSize(4).endsWith(missing(B));
    }

    @Test
    void areToldOfCertificatesThatAreRenewedOften() {
        CertificateNotices notices =
                new CertificateNotices(warnings("127.0.0.1"), () -> NOW, pool.events, Runnable::run);
        pool.pool.subscribe(notices::accept);
        Instant end = NOW.plus(MONTH);

        IntStream.range(0, 200).forEach(i -> shows(A, end.plusSeconds(i), "kubernetes"));
        assertThat(told()).hasSize(200);

        IntStream.range(180, 200).forEach(i -> shows(A, end.plusSeconds(i), "kubernetes")); // by turns
        assertThat(told()).hasSize(200);
        shows(A, end, "kubernetes"); // forgotten by now
        assertThat(told()).hasSize(201);
    }

    @Test
    void areRememberedOfSixtyFourCertificatesOfAServer() {
        CertificateNotices notices =
                new CertificateNotices(warnings("127.0.0.1"), () -> NOW, pool.events, Runnable::run);
        pool.pool.subscribe(notices::accept);
        Instant end = NOW.plus(MONTH);
        IntStream.range(0, 64).forEach(i -> shows(A, end.plusSeconds(i), "kubernetes"));

        shows(A, end, "kubernetes");
        assertThat(told()).hasSize(64);
        shows(A, end.plusSeconds(64), "kubernetes");
        assertThat(told()).hasSize(65);

        shows(A, end, "kubernetes");
        assertThat(told()).as("seen again lately").hasSize(65);
        shows(A, end.plusSeconds(1), "kubernetes");
        assertThat(told()).as("the oldest").hasSize(66);
    }

    @Test
    void areNotLookedForByWhoeverChangesTheList() {
        List<Runnable> tasks = new ArrayList<>();
        CertificateNotices notices = new CertificateNotices(warnings("127.0.0.1"), () -> NOW, pool.events, tasks::add);
        pool.pool.subscribe(notices::accept);

        Stream.of(A, B).forEach(server -> shows(server, NOW.plus(MONTH), "kubernetes"));
        assertThat(told()).isEmpty();

        assertThat(tasks).hasSize(1);
        tasks.get(0).run();
        assertThat(told()).containsExactly(missing(A), missing(B));

        shows(A, NOW.plus(MONTH).plusSeconds(1), "kubernetes");
        assertThat(tasks).hasSize(2);
    }

    @Test
    void areToldWhenTheyBecomeTrue() {
        Instant[] now = {NOW};
        CertificateNotices notices = new CertificateNotices(warnings(), () -> now[0], pool.events, Runnable::run);
        pool.pool.subscribe(notices::accept);
        shows(A, NOW.plus(MONTH), "kubernetes");
        assertThat(told()).isEmpty();

        now[0] = NOW.plus(MONTH).minusSeconds(1);
        notices.lookAgain(pool.pool.list());
        notices.lookAgain(pool.pool.list());

        assertThat(told()).containsExactly(A + ": the certificate expires at 2026-12-23T04:10:00Z");
    }
}
