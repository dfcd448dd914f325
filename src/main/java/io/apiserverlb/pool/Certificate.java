package io.apiserverlb.pool;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The certificate that a server showed to its last check.
 *
 * @param reason why it is not {@link Identity#VERIFIED}, in words; null if it is
 * @param names the DNS names and IP addresses that it covers
 */
public record Certificate(
        Identity identity,
        @Nullable String reason,
        Instant notBefore,
        Instant notAfter,
        String subject,
        List<String> names) {
    public Certificate {
        names = List.copyOf(names);
    }

    /** What a certificate says about the server behind it. */
    public enum Identity {
        /** No CA is known to verify it by. */
        UNVERIFIED,
        VERIFIED,
        /** Right issuer and name, wrong time: used when nothing better is left, since clocks and renewals fail. */
        OUT_OF_DATE,
        /** Wrong issuer or name: somebody else; never used. */
        REFUSED
    }
}
