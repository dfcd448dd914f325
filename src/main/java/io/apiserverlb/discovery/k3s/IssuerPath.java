package io.apiserverlb.discovery.k3s;

import java.security.GeneralSecurityException;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The way from a certificate up to a root, among certificates that anybody may have put together.
 *
 * <p>The JDK validates the path but does not look for it: its search tries all ways, which takes for ever where somebody has made a maze. This
 * one visits each certificate once.
 */
final class IssuerPath {
    private IssuerPath() {}

    /** The path begins with the certificate and ends with the root; all of it is valid now. */
    static Optional<List<X509Certificate>> find(X509Certificate first, List<X509Certificate> others, Instant now) {
        Set<X509Certificate> unvisited = new LinkedHashSet<>(others);
        unvisited.remove(first);
        List<List<X509Certificate>> open = new ArrayList<>();
        open.add(List.of(first));
        for (int i = 0; i < open.size(); i++) {
            List<X509Certificate> path = open.get(i);
            for (X509Certificate issuer : issuers(path.get(path.size() - 1), unvisited)) {
                unvisited.remove(issuer);
                List<X509Certificate> longer = new ArrayList<>(path);
                longer.add(issuer);
                if (!KeyIdentifiers.isRoot(issuer)) {
                    open.add(longer);
                } else if (isValid(longer, now)) {
                    return Optional.of(longer);
                }
            }
        }
        return Optional.empty();
    }

    private static List<X509Certificate> issuers(X509Certificate certificate, Set<X509Certificate> candidates) {
        return candidates.stream()
                .filter(candidate -> candidate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal()))
                .filter(candidate -> hasSigned(candidate, certificate))
                .toList();
    }

    private static boolean hasSigned(X509Certificate issuer, X509Certificate certificate) {
        try {
            certificate.verify(issuer.getPublicKey());
            return true;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static boolean isValid(List<X509Certificate> path, Instant now) {
        X509Certificate root = path.get(path.size() - 1);
        try {
            // Of the anchor itself the JDK believes everything.
            root.checkValidity(Date.from(now));
            if (root.getBasicConstraints() < 0) {
                return false;
            }
            CertPath below = CertificateFactory.getInstance("X.509").generateCertPath(path.subList(0, path.size() - 1));
            PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(root, null)));
            parameters.setRevocationEnabled(false);
            parameters.setDate(Date.from(now));
            CertPathValidator.getInstance("PKIX").validate(below, parameters);
            return true;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }
}
