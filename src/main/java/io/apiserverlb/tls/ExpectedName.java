package io.apiserverlb.tls;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The name of a server: the configured one, else one of its own or the name that every API server's certificate covers. */
final class ExpectedName {

    private static final String KUBERNETES = "kubernetes.default.svc";

    private final List<String> anyOf;

    private ExpectedName(List<String> anyOf) {
        this.anyOf = anyOf;
    }

    static ExpectedName of(@Nullable String configured, String host, String... others) {
        if (configured != null) {
            return new ExpectedName(List.of(configured));
        }
        return new ExpectedName(Stream.of(Stream.of(host), Stream.of(others), Stream.of(KUBERNETES))
                .flatMap(names -> names)
                .toList());
    }

    boolean isCoveredBy(SubjectNames names) {
        return anyOf.stream().anyMatch(names::cover);
    }

    /** What to send as SNI: the configured name or the host, unless that is an address. */
    Optional<String> sni() {
        return ServerName.dns(anyOf.get(0));
    }

    @Override
    public String toString() {
        return String.join(" or ", anyOf);
    }
}
