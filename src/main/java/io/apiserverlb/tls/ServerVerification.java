package io.apiserverlb.tls;

import io.apiserverlb.tls.ServerIdentity.Verdict;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Decides what a server's certificate is worth on one connection: issuer first, then name, then time. */
final class ServerVerification {

    private static final String SERVER_AUTHENTICATION = "1.3.6.1.5.5.7.3.1";
    private static final String ANY_PURPOSE = "2.5.29.37.0";

    private final @Nullable TrustedIssuers issuers;
    private final ExpectedName name;
    private final InstantSource clock;

    /** Without issuers nothing is verified. */
    ServerVerification(@Nullable TrustedIssuers issuers, ExpectedName name, InstantSource clock) {
        this.issuers = issuers;
        this.name = name;
        this.clock = clock;
    }

    /** The chain is what the server sent, its own certificate first. */
    ServerIdentity judge(List<X509Certificate> chain) {
        X509Certificate server = chain.get(0);
        if (issuers == null) {
            return identity(server, Verdict.UNVERIFIED, "no CA is known");
        }
        Instant now = clock.instant();
        Optional<List<X509Certificate>> validPath = issuers.validPath(chain, now);
        Optional<List<X509Certificate>> path = validPath.or(() -> issuers.pathAtAnyTime(chain, now));
        if (path.isEmpty()) {
            return wrongIssuer(server);
        }
        if (!isForServers(server)) {
            return identity(server, Verdict.WRONG_ISSUER, "the certificate was not issued for a server");
        }
        if (!name.isCoveredBy(SubjectNames.of(server))) {
            return identity(server, Verdict.WRONG_NAME, "the certificate does not cover " + name);
        }
        return validPath.isPresent() ? identity(server, Verdict.VERIFIED, null) : wrongTime(server, path.get(), now);
    }

    private static ServerIdentity wrongTime(X509Certificate server, List<X509Certificate> path, Instant now) {
        for (X509Certificate certificate : path) {
            Validity validity = Validity.of(certificate);
            String which =
                    certificate.equals(server) ? "the certificate" : "the CA certificate " + subject(certificate);
            if (validity.endedBefore(now)) {
                return identity(server, Verdict.EXPIRED, which + " expired at " + validity.notAfter());
            }
            if (validity.beginsAfter(now)) {
                return identity(server, Verdict.NOT_YET_VALID, which + " is not valid before " + validity.notBefore());
            }
        }
        return wrongIssuer(server);
    }

    private static ServerIdentity wrongIssuer(X509Certificate server) {
        String issuer = printable(server.getIssuerX500Principal().getName());
        return identity(
                server, Verdict.WRONG_ISSUER, "no known CA vouches for the certificate; it names as issuer " + issuer);
    }

    /** A certificate without the extension is for every purpose (RFC 5280). */
    private static boolean isForServers(X509Certificate certificate) {
        try {
            List<String> purposes = certificate.getExtendedKeyUsage();
            return purposes == null || purposes.contains(SERVER_AUTHENTICATION) || purposes.contains(ANY_PURPOSE);
        } catch (CertificateParsingException e) {
            return false;
        }
    }

    private static ServerIdentity identity(X509Certificate server, Verdict verdict, @Nullable String reason) {
        Validity validity = Validity.of(server);
        List<String> names = SubjectNames.of(server).all().stream()
                .map(ServerVerification::printable)
                .toList();
        return new ServerIdentity(verdict, reason, validity.notBefore(), validity.notAfter(), subject(server), names);
    }

    private static String subject(X509Certificate certificate) {
        return printable(certificate.getSubjectX500Principal().getName());
    }

    /** Whoever makes a certificate chooses its text, which must not become a second line of a log. */
    private static String printable(String text) {
        return text.replaceAll("\\p{IsControl}", "?");
    }
}
