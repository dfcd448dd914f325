package io.apiserverlb.pool;

import static io.apiserverlb.pool.Certificate.Identity.OUT_OF_DATE;
import static io.apiserverlb.pool.Certificate.Identity.REFUSED;
import static io.apiserverlb.pool.Certificate.Identity.VERIFIED;
import static io.apiserverlb.pool.TestPool.A;
import static io.apiserverlb.pool.TestPool.B;
import static io.apiserverlb.pool.TestPool.CLIENT;
import static io.apiserverlb.pool.TestPool.D;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What the certificate that a server shows says about it. */
class IdentityTest {
    private final TestPool pool = TestPool.managing(A, B);

    @Test
    void neverUsesAServerThatIsSomebodyElse() {
        pool.identify(A, VERIFIED);
        pool.identify(B, REFUSED);

        assertThat(pool.usable()).containsExactly(A);
        assertThat(pool.server(B).reason()).isEqualTo("refused: for the test");
        assertThat(pool.pool.acquire(CLIENT, List.of(A))).isNull();
    }

    @Test
    void doesNotUseItAsALastResortEither() {
        pool.identify(B, REFUSED);
        pool.down(A);

        assertThat(pool.pool.list().mode()).isEqualTo(Mode.LAST_RESORT);
        assertThat(pool.next()).isEqualTo(A);
        assertThat(pool.pool.acquire(CLIENT, List.of(A))).isNull();
    }

    @Test
    void usesItAgainOnceItShowsTheRightCertificate() {
        pool.identify(B, REFUSED);

        pool.identify(B, VERIFIED);

        assertThat(pool.usable()).containsExactly(A, B);
    }

    @Test
    void keepsTheLastCertificateWhenACheckSeesNone() {
        pool.identify(B, REFUSED);

        pool.hard(B);
        pool.pass(B);

        assertThat(pool.server(B).observed().identity()).isEqualTo(REFUSED);
        assertThat(pool.usable()).containsExactly(A);
    }

    @Test
    void usesAServerWhoseCertificateIsOutOfDateOnlyWhenNoOtherIsLeft() {
        pool.identify(A, OUT_OF_DATE);
        pool.identify(B, VERIFIED);

        assertThat(pool.usable()).containsExactly(A, B);
        assertThat(pool.next()).isEqualTo(B);
        assertThat(pool.next()).isEqualTo(B);
        assertThat(pool.next(B)).isEqualTo(A);

        pool.down(B);
        assertThat(pool.next()).isEqualTo(A);
        assertThat(pool.pool.list().mode()).isEqualTo(Mode.NORMAL);
    }

    @Test
    void usesAFallbackThatIsInOrderBeforeAPrimaryThatIsNotAndSaysSo() {
        TestPool withSeed =
                TestPool.builder().managed(A).seeds("https://10.0.0.4:6443").build();
        withSeed.identify(D, VERIFIED);

        withSeed.identify(A, OUT_OF_DATE);

        assertThat(withSeed.next()).isEqualTo(D);
        assertThat(withSeed.pool.list().mode()).isEqualTo(Mode.FALLBACK);

        withSeed.identify(D, OUT_OF_DATE);
        assertThat(withSeed.next()).isEqualTo(A);
        assertThat(withSeed.pool.list().mode()).isEqualTo(Mode.NORMAL);
    }

    @Test
    void balancesAmongServersThatAreAllOutOfDate() {
        pool.identify(A, OUT_OF_DATE);
        pool.identify(B, OUT_OF_DATE);

        assertThat(List.of(pool.next(), pool.next())).containsExactlyInAnyOrder(A, B);
    }

    @Test
    void tellsOfACertificateThatIsNotInOrderAndOfOneThatIsAgain() {
        pool.identify(A, VERIFIED);
        pool.identify(A, OUT_OF_DATE);
        pool.identify(A, OUT_OF_DATE);
        pool.identify(A, REFUSED);
        pool.identify(A, VERIFIED);

        assertThat(pool.events.latest())
                .filteredOn(event -> event.type() == Event.Type.CERTIFICATE)
                .allSatisfy(event -> assertThat(event.server()).isEqualTo(A))
                .extracting(Event::severity, Event::message, Event::before)
                .containsExactly(
                        tuple(
                                Event.Severity.WARN,
                                "the certificate of " + A + " is out-of-date: for the test",
                                "verified"),
                        tuple(
                                Event.Severity.WARN,
                                "the certificate of " + A + " is refused: for the test",
                                "out-of-date"),
                        tuple(Event.Severity.INFO, "the certificate of " + A + " is verified", "refused"));
    }

    @Test
    void holdsNothingAgainstAServerThatIsOutOfDateAndSaysNothingWithoutACredential() {
        TestPool two = TestPool.managing(A, B);
        two.identify(A, Certificate.Identity.VERIFIED);
        two.identify(B, Certificate.Identity.VERIFIED);

        two.identify(A, Certificate.Identity.OUT_OF_DATE);
        two.check(CheckResult.Code.L7OKC, 401, A);

        assertThat(two.server(A).state()).isEqualTo(ServerState.UP);
        assertThat(two.server(A).observed().passed()).isTrue();

        two.identify(A, Certificate.Identity.VERIFIED);
        two.check(CheckResult.Code.L7OKC, 401, A);

        assertThat(two.server(A).state()).isEqualTo(ServerState.STOPPING);
        assertThat(two.server(A).observed().passed()).isFalse();
    }

    @Test
    void judgesAnAnswerByTheCertificateThatCameWithIt() {
        TestPool two = TestPool.managing(A, B);
        two.identify(A, Certificate.Identity.VERIFIED);
        two.identify(B, Certificate.Identity.VERIFIED);

        two.check(CheckResult.Code.L7OKC, 401, Certificate.Identity.OUT_OF_DATE, A);

        assertThat(two.server(A).state()).isEqualTo(ServerState.UP);
    }
}
