package io.apiserverlb.tls;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a server showed of itself in a TLS handshake, and what that is worth.
 *
 * @param verdict whether the server is who it should be
 * @param reason one line that says why the verdict is not {@link Verdict#VERIFIED}; null if it is
 * @param notBefore first moment of the server certificate's own validity
 * @param notAfter last moment of the server certificate's own validity
 * @param subject the certificate's subject as in RFC 2253; empty if it has none
 * @param names the DNS names and IP addresses that the certificate covers, as it gives them
 */
public record ServerIdentity(
        Verdict verdict,
        @Nullable String reason,
        Instant notBefore,
        Instant notAfter,
        String subject,
        List<String> names) {

    public ServerIdentity {
        names = List.copyOf(names);
    }

    /** Whether a server is who it should be; of several faults the one that weighs most: issuer, then name, then time. */
    public enum Verdict {
        /** No CA is known: nothing was verified and nothing is claimed. */
        UNVERIFIED,
        /** Issuer, name and time are right. */
        VERIFIED,
        /** Issuer and name are right, but a certificate of the chain has expired. */
        EXPIRED,
        /** Issuer and name are right, but a certificate of the chain is not valid yet. */
        NOT_YET_VALID,
        /** No known CA vouches for the certificate as that of a server. */
        WRONG_ISSUER,
        /** A known CA issued the certificate, but for another name. */
        WRONG_NAME;

        /** Whether such a server must not be talked to; its handshake fails. */
        public boolean refused() {
            return this == WRONG_ISSUER || this == WRONG_NAME;
        }
    }
}
