package io.apiserverlb.tls;

import java.security.GeneralSecurityException;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertStore;
import java.security.cert.Certificate;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.PKIXCertPathBuilderResult;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * The certificates of a CA file: certificate authorities, and server certificates that are trusted as they are.
 *
 * <p>Paths are built and validated by the JDK's PKIX (RFC 5280) without revocation. A path starts with the server's
 * certificate and ends with the trusted one.
 */
final class TrustedIssuers {

    private final Set<X509Certificate> trusted;

    TrustedIssuers(List<X509Certificate> trusted) {
        this.trusted = Set.copyOf(trusted);
    }

    /** All of them in PEM form. */
    String pem() {
        StringBuilder pem = new StringBuilder();
        trusted.stream()
                .sorted(Comparator.comparing(
                        certificate -> certificate.getSubjectX500Principal().getName()))
                .forEach(certificate -> pem.append(Certificates.pem(certificate)));
        return pem.toString();
    }

    /** A path all of whose certificates are valid at this time. */
    Optional<List<X509Certificate>> validPath(List<X509Certificate> chain, Instant now) {
        Set<X509Certificate> valid = trusted.stream()
                .filter(certificate -> Validity.of(certificate).contains(now))
                .collect(Collectors.toSet());
        if (valid.contains(chain.get(0))) {
            return Optional.of(List.of(chain.get(0)));
        }
        return build(chain, valid, UnaryOperator.identity(), now);
    }

    /** A path that has no fault but, perhaps, the time of some of its certificates. */
    Optional<List<X509Certificate>> pathAtAnyTime(List<X509Certificate> chain, Instant now) {
        if (trusted.contains(chain.get(0))) {
            return Optional.of(List.of(chain.get(0)));
        }
        return build(chain, trusted, TimelessCertificate::new, now);
    }

    private static Optional<List<X509Certificate>> build(
            List<X509Certificate> chain,
            Set<X509Certificate> anchors,
            UnaryOperator<X509Certificate> seenAs,
            Instant now) {
        Set<TrustAnchor> authorities = anchors.stream()
                .filter(TrustedIssuers::mayIssue)
                .map(certificate -> new TrustAnchor(certificate, null))
                .collect(Collectors.toSet());
        if (authorities.isEmpty()) {
            return Optional.empty();
        }
        List<X509Certificate> certificates = chain.stream().map(seenAs).toList();
        X509CertSelector server = new X509CertSelector();
        server.setCertificate(certificates.get(0));
        try {
            PKIXBuilderParameters parameters = new PKIXBuilderParameters(authorities, server);
            parameters.addCertStore(
                    CertStore.getInstance("Collection", new CollectionCertStoreParameters(certificates)));
            parameters.setRevocationEnabled(false);
            parameters.setDate(Date.from(now));
            CertPathBuilder builder = CertPathBuilder.getInstance("PKIX");
            return Optional.of(path((PKIXCertPathBuilderResult) builder.build(parameters)));
        } catch (CertPathBuilderException e) {
            return Optional.empty();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("The JDK cannot validate certificates", e);
        }
    }

    /** PKIX takes whatever it is given as an anchor; without this the key of a trusted server could issue certificates. */
    private static boolean mayIssue(X509Certificate certificate) {
        return certificate.getVersion() < 3 || certificate.getBasicConstraints() >= 0;
    }

    private static List<X509Certificate> path(PKIXCertPathBuilderResult result) {
        List<X509Certificate> path = new ArrayList<>();
        for (Certificate certificate : result.getCertPath().getCertificates()) {
            path.add((X509Certificate) certificate);
        }
        path.add(result.getTrustAnchor().getTrustedCert());
        return path;
    }
}
