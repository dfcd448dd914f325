package io.apiserverlb.pool;

import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Tells operators what they have to know of certificates: once for each server and certificate.
 *
 * <p>Safe for use by any thread.
 */
public final class CertificateNotices {
    /** Behind one address there may be several, by turns; of what shows ever new ones the oldest is forgotten. */
    private static final int MOST_OF_A_SERVER = 64;

    private final CertificateWarnings warnings;
    private final InstantSource clock;
    private final Events events;
    private final Executor executor;
    /** The latest list that has not been looked at. */
    private final AtomicReference<@Nullable ServerList> waiting = new AtomicReference<>();

    private final Map<ServerAddress, Known> known = new HashMap<>();

    /** What tells a certificate from others. */
    private record Shown(Instant notBefore, Instant notAfter, String subject, List<String> names) {
        static Shown of(Certificate certificate) {
            return new Shown(
                    certificate.notBefore(), certificate.notAfter(), certificate.subject(), certificate.names());
        }
    }

    /** One server's certificates, those of late, each with what has been told of it. */
    private static final class Known {
        private final Map<Shown, Set<String>> told = new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<Shown, Set<String>> eldest) {
                return size() > MOST_OF_A_SERVER;
            }
        };
        private @Nullable Certificate latest;

        /** Whether this is not the very object that was seen last: most checks see no certificate anew. */
        @SuppressWarnings("ReferenceEquality")
        boolean changesTo(Certificate certificate) {
            boolean changes = certificate != latest;
            latest = certificate;
            return changes;
        }

        Set<String> toldOf(Certificate certificate) {
            return told.computeIfAbsent(Shown.of(certificate), shown -> new HashSet<>());
        }
    }

    /**
     * Nothing has been told yet.
     *
     * @param executor looks at the lists that are accepted
     */
    public CertificateNotices(CertificateWarnings warnings, InstantSource clock, Events events, Executor executor) {
        this.warnings = warnings;
        this.clock = clock;
        this.events = events;
        this.executor = executor;
    }

    /** Has each certificate told of that has not been seen before; hands off. */
    public void accept(ServerList list) {
        if (waiting.getAndSet(list) == null) {
            executor.execute(this::look);
        }
    }

    private synchronized void look() {
        // Has been there since this was handed off.
        ServerList list = Objects.requireNonNull(waiting.getAndSet(null));
        for (Server server : list.servers()) {
            Certificate certificate = server.observed().certificate();
            if (certificate != null && of(server).changesTo(certificate)) {
                tell(server, certificate);
            }
        }
    }

    /** Tells what has become true with time; to be called now and then. */
    public synchronized void lookAgain(ServerList list) {
        known.keySet().removeIf(address -> list.get(address) == null);
        for (Server server : list.servers()) {
            Certificate certificate = server.observed().certificate();
            if (certificate != null) {
                tell(server, certificate);
            }
        }
    }

    private Known of(Server server) {
        return known.computeIfAbsent(server.address(), address -> new Known());
    }

    private void tell(Server server, Certificate certificate) {
        Set<String> told = of(server).toldOf(certificate);
        warnings.of(server, clock.instant()).stream().filter(told::add).forEach(text -> record(server, text));
    }

    private void record(Server server, String text) {
        events.record(
                Event.Type.CERTIFICATE,
                Event.Severity.WARN,
                server.address(),
                "check",
                server.address() + ": " + text,
                null,
                null);
    }
}
