package io.apiserverlb.tls;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/** Makes authorities and certificates around one moment that the tests call now, which is not the real one. */
final class TestPki {

    static final Instant NOW = Instant.parse("2031-05-06T07:08:09Z");
    static final InstantSource CLOCK = InstantSource.fixed(NOW);
    static final Instant YEAR_AGO = NOW.minus(Duration.ofDays(365));
    static final Instant YESTERDAY = NOW.minus(Duration.ofDays(1));
    static final Instant TOMORROW = NOW.plus(Duration.ofDays(1));
    static final Instant IN_A_YEAR = NOW.plus(Duration.ofDays(365));

    private TestPki() {}

    static CertificateBuilder certificate(String subject) {
        return new CertificateBuilder()
                .algorithm(CertificateBuilder.Algorithm.ecp256)
                .subject(subject)
                .notBefore(YEAR_AGO)
                .notAfter(IN_A_YEAR);
    }

    static CertificateBuilder authority(String subject) {
        return certificate(subject).setIsCertificateAuthority(true);
    }

    static CertificateBuilder server(String... dnsNames) {
        CertificateBuilder builder = certificate("CN=kube-apiserver").addExtendedKeyUsageServerAuth();
        for (String name : dnsNames) {
            builder.addSanDnsName(name);
        }
        return builder;
    }

    static CertificateBuilder client() {
        return certificate("CN=checker").addExtendedKeyUsageClientAuth();
    }

    static X509Bundle selfSigned(CertificateBuilder builder) {
        try {
            return builder.buildSelfSigned();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** A server's certificate that its own key has signed, and that is no authority. */
    static X509Bundle selfSignedServer(CertificateBuilder server) {
        X509Bundle signer = selfSigned(authority("CN=self"));
        return issued(server.subject("CN=self").keyPair(signer.getKeyPair()), signer);
    }

    /** Signs in the name and with the key of a certificate that is no authority. */
    static X509Bundle forgedBy(X509Bundle issuer, CertificateBuilder builder) {
        String name = issuer.getCertificate().getSubjectX500Principal().getName();
        X509Bundle elsewhere = selfSigned(authority("CN=elsewhere"));
        return issued(builder, issued(authority(name).keyPair(issuer.getKeyPair()), elsewhere));
    }

    /** The certificate of a root authority made anew, with the same name and key. */
    static X509Bundle renewed(X509Bundle root, CertificateBuilder builder) {
        return issued(builder.keyPair(root.getKeyPair()), root);
    }

    static X509Bundle issued(CertificateBuilder builder, X509Bundle issuer) {
        try {
            return builder.buildIssuedBy(issuer);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** What a server with this certificate sends: the path to the authority, without it. */
    static List<X509Certificate> chain(X509Bundle bundle) {
        return bundle.getCertificatePathList();
    }
}
