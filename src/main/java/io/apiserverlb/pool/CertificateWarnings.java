package io.apiserverlb.pool;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an operator has to know of a server's certificate, though it does the balancer itself no harm.
 *
 * @param hosts that clients connect to, IP addresses or DNS names
 * @param serverName the name that an operator says servers have, or null
 */
public record CertificateWarnings(
        List<String> hosts, @Nullable String serverName) {
    /** How long before its end a certificate is to be renewed at the latest. */
    private static final Duration NOTICE = Duration.ofDays(14);

    public CertificateWarnings {
        hosts = List.copyOf(hosts);
    }

    /** Each in words, the same while the certificate is the same and has not ended; none if no certificate is known. */
    public List<String> of(Server server, Instant now) {
        Certificate certificate = server.observed().certificate();
        return certificate == null ? List.of() : of(certificate, now);
    }

    private List<String> of(Certificate certificate, Instant now) {
        List<String> warnings = new ArrayList<>();
        List<String> missing =
                hosts.stream().filter(host -> !certificate.covers(host)).toList();
        if (!missing.isEmpty()) {
            warnings.add("the certificate does not cover " + String.join(", ", missing) + remedy(certificate));
        }
        if (!now.plus(NOTICE).isBefore(certificate.notAfter())) {
            String ends = now.isAfter(certificate.notAfter()) ? "expired at " : "expires at ";
            warnings.add("the certificate " + ends + certificate.notAfter());
        }
        return warnings;
    }

    private String remedy(Certificate certificate) {
        return new CommonName(List.of(certificate))
                .name(serverName)
                .map(name -> ": clients that connect there need tls-server-name, such as " + name)
                .orElse(", nor a name that clients could be given as tls-server-name");
    }
}
