package io.apiserverlb.api;

import io.apiserverlb.pool.Certificate;
import io.apiserverlb.pool.Server;
import java.net.InetAddress;
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
 * @param certificates of the usable servers, as checks saw them
 */
record CommonName(List<Certificate> certificates) {
    /** By these, every cluster's own clients know its API servers. */
    private static final List<String> USUAL = List.of("kubernetes.default.svc", "kubernetes.default", "kubernetes");

    private static final Pattern DNS_NAME = Pattern.compile("[a-z0-9]([a-z0-9.-]*[a-z0-9])?");

    static CommonName of(Collection<Server> servers) {
        return new CommonName(servers.stream()
                .filter(Server::usable)
                .map(server -> server.observed().certificate())
                .filter(Objects::nonNull)
                .toList());
    }

    /** Whether every certificate covers an IP address; not known of none. */
    boolean covers(InetAddress ip) {
        String text = Values.text(ip);
        return !certificates.isEmpty()
                && certificates.stream()
                        .allMatch(certificate -> certificate.names().stream().anyMatch(name -> text.equals(ip(name))));
    }

    /** The usual text of an IP address; null if it is a DNS name. */
    private static @Nullable String ip(String name) {
        try {
            return Values.text(Values.ip(name));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /**
     * A DNS name that every certificate covers.
     *
     * @param wanted the one to take if it does, or if no certificate is known; or null
     */
    Optional<String> name(@Nullable String wanted) {
        if (certificates.isEmpty()) {
            return Optional.ofNullable(wanted);
        }
        Stream<String> names = certificates.get(0).names().stream()
                .map(name -> name.toLowerCase(Locale.ROOT))
                .filter(name -> DNS_NAME.matcher(name).matches() && ip(name) == null);
        return Stream.of(Stream.ofNullable(wanted), USUAL.stream(), names)
                .flatMap(each -> each)
                .filter(this::covers)
                .findFirst();
    }

    private boolean covers(String name) {
        return certificates.stream()
                .allMatch(certificate -> certificate.names().stream()
                        .anyMatch(pattern -> matches(pattern.toLowerCase(Locale.ROOT), name)));
    }

    /** A wildcard stands for exactly one label, the left-most. */
    private static boolean matches(String pattern, String name) {
        int dot = name.indexOf('.');
        return pattern.equals(name)
                || (pattern.startsWith("*.") && dot > 0 && pattern.substring(1).equals(name.substring(dot)));
    }
}
