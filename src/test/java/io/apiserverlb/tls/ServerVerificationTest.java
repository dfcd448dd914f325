package io.apiserverlb.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.apiserverlb.tls.ServerIdentity.Verdict;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class ServerVerificationTest {

    private static final X509Bundle ROOT = TestPki.selfSigned(TestPki.authority("CN=root"));
    private static final X509Bundle OTHER_ROOT = TestPki.selfSigned(TestPki.authority("CN=other root"));
    private static final X509Bundle INTERMEDIATE = TestPki.issued(TestPki.authority("CN=intermediate"), ROOT);

    private static CertificateBuilder server() {
        return TestPki.server("kubernetes.default.svc");
    }

    @Test
    void verifiesAServerThatOneOfSeveralAuthoritiesIssued() {
        X509Bundle server = TestPki.issued(server(), ROOT);

        ServerIdentity identity = judge(List.of(OTHER_ROOT, ROOT), server.getCertificate());

        assertThat(identity)
                .isEqualTo(new ServerIdentity(
                        Verdict.VERIFIED,
                        null,
                        TestPki.YEAR_AGO,
                        TestPki.IN_A_YEAR,
                        "CN=kube-apiserver",
                        List.of("kubernetes.default.svc")));
    }

    @Test
    void followsTheIntermediatesThatTheServerSendsInAnyOrder() {
        X509Bundle second = TestPki.issued(TestPki.authority("CN=second intermediate"), INTERMEDIATE);
        List<X509Certificate> chain = new ArrayList<>(TestPki.chain(TestPki.issued(server(), second)));
        Collections.swap(chain, 1, 2);
        chain.add(OTHER_ROOT.getCertificate());

        ServerIdentity identity = judge(List.of(ROOT), chain);

        assertThat(identity.verdict()).isEqualTo(Verdict.VERIFIED);
    }

    @Test
    void trustsAnIntermediateInTheCaFileWithoutItsRoot() {
        X509Bundle server = TestPki.issued(server(), INTERMEDIATE);

        assertThat(judge(List.of(INTERMEDIATE), server.getCertificate()).verdict())
                .isEqualTo(Verdict.VERIFIED);
        assertThat(judge(List.of(ROOT), server.getCertificate()).verdict()).isEqualTo(Verdict.WRONG_ISSUER);
    }

    @Test
    void tellsAuthoritiesOfOneNameApartByTheirKeys() {
        X509Bundle impostor = TestPki.selfSigned(TestPki.authority("CN=root"));
        X509Bundle server = TestPki.issued(server(), ROOT);

        assertThat(judge(List.of(impostor), server.getCertificate()).verdict()).isEqualTo(Verdict.WRONG_ISSUER);
        assertThat(judge(List.of(impostor, ROOT), server.getCertificate()).verdict())
                .isEqualTo(Verdict.VERIFIED);
    }

    @Test
    void trustsAServerCertificateThatTheCaFileHoldsItself() {
        X509Bundle selfSigned = TestPki.selfSignedServer(server());
        X509Bundle issued = TestPki.issued(server(), OTHER_ROOT);
        X509Bundle old = TestPki.selfSignedServer(server().notAfter(TestPki.YESTERDAY));

        assertThat(judge(List.of(selfSigned), selfSigned.getCertificate()).verdict())
                .isEqualTo(Verdict.VERIFIED);
        assertThat(judge(List.of(issued), issued.getCertificate()).verdict()).isEqualTo(Verdict.VERIFIED);
        assertThat(judge(List.of(old), old.getCertificate()).verdict()).isEqualTo(Verdict.EXPIRED);
    }

    @Test
    void letsNoTrustedServerIssueCertificates() {
        X509Bundle pinned = TestPki.selfSignedServer(server());
        X509Bundle forged = TestPki.forgedBy(pinned, server());

        ServerIdentity identity = judge(List.of(pinned), forged.getCertificate());

        assertThat(identity.verdict()).isEqualTo(Verdict.WRONG_ISSUER);
    }

    @Test
    void refusesAServerOfAnUnknownAuthorityAndNamesIt() {
        X509Bundle server = TestPki.issued(server(), OTHER_ROOT);

        ServerIdentity identity = judge(List.of(ROOT), TestPki.chain(server));

        assertThat(identity.verdict()).isEqualTo(Verdict.WRONG_ISSUER);
        assertThat(identity.reason())
                .isEqualTo("no known CA vouches for the certificate; it names as issuer CN=other root");
    }

    @Test
    void refusesACertificateThatIsForClientsOnly() {
        X509Bundle client = TestPki.issued(TestPki.client().addSanDnsName("kubernetes.default.svc"), ROOT);
        X509Bundle both = TestPki.issued(server().addExtendedKeyUsageClientAuth(), ROOT);
        X509Bundle unrestricted =
                TestPki.issued(TestPki.certificate("CN=any").addSanDnsName("kubernetes.default.svc"), ROOT);

        assertThat(judge(List.of(ROOT), client.getCertificate()))
                .extracting(ServerIdentity::verdict, ServerIdentity::reason)
                .containsExactly(Verdict.WRONG_ISSUER, "the certificate was not issued for a server");
        assertThat(judge(List.of(ROOT), both.getCertificate()).verdict()).isEqualTo(Verdict.VERIFIED);
        assertThat(judge(List.of(ROOT), unrestricted.getCertificate()).verdict())
                .isEqualTo(Verdict.VERIFIED);
    }

    @Test
    void callsAServerExpiredWhenItsOwnCertificateIs() {
        X509Bundle server = TestPki.issued(server().notAfter(TestPki.YESTERDAY), ROOT);

        ServerIdentity identity = judge(List.of(ROOT), server.getCertificate());

        assertThat(identity.verdict()).isEqualTo(Verdict.EXPIRED);
        assertThat(identity.reason()).isEqualTo("the certificate expired at " + TestPki.YESTERDAY);
        assertThat(identity.notAfter()).isEqualTo(TestPki.YESTERDAY);
    }

    @Test
    void callsAServerNotYetValidWhenItsOwnCertificateIs() {
        X509Bundle server = TestPki.issued(server().notBefore(TestPki.TOMORROW), ROOT);

        ServerIdentity identity = judge(List.of(ROOT), server.getCertificate());

        assertThat(identity.verdict()).isEqualTo(Verdict.NOT_YET_VALID);
        assertThat(identity.reason()).isEqualTo("the certificate is not valid before " + TestPki.TOMORROW);
    }

    @Test
    void countsBothEndsOfTheValidityAsValid() {
        X509Bundle lastSecond = TestPki.issued(server().notAfter(TestPki.NOW), ROOT);
        X509Bundle firstSecond = TestPki.issued(server().notBefore(TestPki.NOW), ROOT);

        assertThat(judge(List.of(ROOT), lastSecond.getCertificate()).verdict()).isEqualTo(Verdict.VERIFIED);
        assertThat(judge(List.of(ROOT), firstSecond.getCertificate()).verdict()).isEqualTo(Verdict.VERIFIED);
    }

    @Test
    void callsAServerExpiredWhenAnIntermediateIs() {
        X509Bundle expired = TestPki.issued(TestPki.authority("CN=old").notAfter(TestPki.YESTERDAY), ROOT);
        X509Bundle server = TestPki.issued(server(), expired);

        ServerIdentity identity = judge(List.of(ROOT), TestPki.chain(server));

        assertThat(identity.verdict()).isEqualTo(Verdict.EXPIRED);
        assertThat(identity.reason()).isEqualTo("the CA certificate CN=old expired at " + TestPki.YESTERDAY);
        assertThat(identity.notAfter()).isEqualTo(TestPki.IN_A_YEAR);
    }

    @Test
    void callsAServerExpiredWhenTheTrustedAuthorityIs() {
        X509Bundle oldRoot = TestPki.selfSigned(TestPki.authority("CN=old root").notAfter(TestPki.YESTERDAY));
        X509Bundle server = TestPki.issued(server(), oldRoot);

        ServerIdentity identity = judge(List.of(oldRoot), server.getCertificate());

        assertThat(identity.verdict()).isEqualTo(Verdict.EXPIRED);
    }

    @Test
    void takesTheRenewedAuthorityWhenTheCaFileHoldsTheExpiredOneAsWell() {
        X509Bundle oldRoot = TestPki.selfSigned(TestPki.authority("CN=root").notAfter(TestPki.YESTERDAY));
        X509Bundle renewed = TestPki.renewed(oldRoot, TestPki.authority("CN=root"));
        X509Bundle server = TestPki.issued(server(), oldRoot);

        assertThat(judge(List.of(oldRoot, renewed), server.getCertificate()).verdict())
                .isEqualTo(Verdict.VERIFIED);
        assertThat(judge(List.of(renewed, oldRoot), server.getCertificate()).verdict())
                .isEqualTo(Verdict.VERIFIED);
    }

    @Test
    void callsAServerExpiredThoughItsIntermediateWasRenewedAfterwards() {
        X509Bundle old = TestPki.issued(TestPki.authority("CN=renewed").notAfter(TestPki.YESTERDAY), ROOT);
        X509Bundle renewed = TestPki.issued(
                TestPki.authority("CN=renewed")
                        .keyPair(old.getKeyPair())
                        .notBefore(TestPki.NOW.minus(Duration.ofHours(1))),
                ROOT);
        X509Bundle server = TestPki.issued(server().notAfter(TestPki.YESTERDAY), old);

        ServerIdentity identity = judge(List.of(ROOT), List.of(server.getCertificate(), renewed.getCertificate()));

        assertThat(identity.verdict()).isEqualTo(Verdict.EXPIRED);
    }

    @Test
    void holdsAWrongIssuerAgainstAServerBeforeAWrongTime() {
        X509Bundle server = TestPki.issued(TestPki.server("other").notAfter(TestPki.YESTERDAY), OTHER_ROOT);

        ServerIdentity identity = judge(List.of(ROOT), TestPki.chain(server));

        assertThat(identity.verdict()).isEqualTo(Verdict.WRONG_ISSUER);
    }

    @Test
    void holdsAWrongNameAgainstAServerBeforeAWrongTime() {
        X509Bundle server = TestPki.issued(TestPki.server("other").notAfter(TestPki.YESTERDAY), ROOT);

        ServerIdentity identity = judge(List.of(ROOT), TestPki.chain(server));

        assertThat(identity.verdict()).isEqualTo(Verdict.WRONG_NAME);
        assertThat(identity.reason()).isEqualTo("the certificate does not cover 192.0.2.1 or kubernetes.default.svc");
    }

    @Test
    void keepsTheRulesForAuthoritiesInAnExpiredChain() {
        X509Bundle noAuthority = TestPki.issued(server(), ROOT);
        X509Bundle forged = TestPki.forgedBy(noAuthority, server().notAfter(TestPki.YESTERDAY));
        X509Bundle noDeeper =
                TestPki.issued(TestPki.authority("CN=shallow").setPathLengthConstraint(OptionalInt.of(0)), ROOT);
        X509Bundle deeper = TestPki.issued(TestPki.authority("CN=deeper"), noDeeper);
        X509Bundle tooDeep = TestPki.issued(server().notAfter(TestPki.YESTERDAY), deeper);

        assertThat(judge(List.of(ROOT), List.of(forged.getCertificate(), noAuthority.getCertificate()))
                        .verdict())
                .isEqualTo(Verdict.WRONG_ISSUER);
        assertThat(judge(List.of(ROOT), TestPki.chain(tooDeep)).verdict()).isEqualTo(Verdict.WRONG_ISSUER);
    }

    @Test
    void putsNoControlCharactersOfACertificateIntoItsText() {
        X509Bundle server = TestPki.issued(
                TestPki.certificate("CN=first\nsecond").addSanDnsName("kubernetes.default.svc"), OTHER_ROOT);

        ServerIdentity identity = judge(List.of(ROOT), server.getCertificate());

        assertThat(identity.subject()).isEqualTo("CN=first?second");
    }

    private static ServerIdentity judge(List<X509Bundle> authorities, X509Certificate certificate) {
        return judge(authorities, List.of(certificate));
    }

    private static ServerIdentity judge(List<X509Bundle> authorities, List<X509Certificate> chain) {
        TrustedIssuers issuers = new TrustedIssuers(
                authorities.stream().map(X509Bundle::getCertificate).toList());
        return new ServerVerification(issuers, ExpectedName.of(null, "192.0.2.1"), TestPki.CLOCK).judge(chain);
    }
}
