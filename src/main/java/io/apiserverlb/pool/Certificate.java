package io.apiserverlb.pool;

import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
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

    /** Whether a client that connects to a host by this IP address or DNS name finds it in the certificate. */
    public boolean covers(String host) {
        InetAddress ip = ip(host);
        String wanted = host.toLowerCase(Locale.ROOT);
        return names.stream()
                .anyMatch(name -> ip == null ? matches(name.toLowerCase(Locale.ROOT), wanted) : ip.equals(ip(name)));
    }

    /** A certificate may hold whatever its issuer thinks is a name. */
    private static @Nullable InetAddress ip(String name) {
        try {
            return IpText.parse(name);
        } catch (InvalidAddressException e) {
            return null;
        }
    }

    /** A wildcard stands for exactly one label, the left-most. */
    private static boolean matches(String pattern, String name) {
        int dot = name.indexOf('.');
        return pattern.equals(name)
                || (pattern.startsWith("*.") && dot > 0 && pattern.substring(1).equals(name.substring(dot)));
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
