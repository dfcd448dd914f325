package io.apiserverlb.pool;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds the name by which all servers can be verified.
 *
 * @param certificates as checks saw them
 */
public record CommonName(List<Certificate> certificates) {
    /** By these, every cluster's own clients know its API servers. */
    private static final List<String> USUAL = List.of("kubernetes.default.svc", "kubernetes.default", "kubernetes");

    private static final Pattern DNS_NAME = Pattern.compile("[a-z0-9]([a-z0-9.-]*[a-z0-9])?");

    public CommonName {
        certificates = List.copyOf(certificates);
    }

    /** That of the servers that sessions go to. */
    public static CommonName of(Collection<Server> servers) {
        return new CommonName(servers.stream()
                .filter(Server::usable)
                .map(server -> server.observed().certificate())
                .filter(Objects::nonNull)
                .toList());
    }

    /** Whether every certificate covers a host, be it an IP address or a DNS name; not known of none. */
    public boolean covers(String host) {
        return !certificates.isEmpty() && certificates.stream().allMatch(certificate -> certificate.covers(host));
    }

    /**
     * A DNS name that every certificate covers.
     *
     * @param wanted the one to take if it does, or if no certificate is known; or null
     */
    public Optional<String> name(@Nullable String wanted) {
        if (certificates.isEmpty()) {
            return Optional.ofNullable(wanted);
        }
        Stream<String> names = certificates.get(0).names().stream()
                .map(name -> name.toLowerCase(Locale.ROOT))
                .filter(name -> DNS_NAME.matcher(name).matches() && IpText.parse(name) == null);
        return Stream.of(Stream.ofNullable(wanted), USUAL.stream(), names)
                .flatMap(each -> each)
                .filter(this::covers)
                .findFirst();
    }
}
