package io.apiserverlb.tls;

import java.security.cert.X509Certificate;
import java.time.Instant;

/** When a certificate is valid; both ends belong to it (RFC 5280). */
record Validity(Instant notBefore, Instant notAfter) {

    static Validity of(X509Certificate certificate) {
        return new Validity(
                certificate.getNotBefore().toInstant(),
                certificate.getNotAfter().toInstant());
    }

    boolean contains(Instant now) {
        return !beginsAfter(now) && !endedBefore(now);
    }

    boolean beginsAfter(Instant now) {
        return now.isBefore(notBefore);
    }

    boolean endedBefore(Instant now) {
        return now.isAfter(notAfter);
    }
}
