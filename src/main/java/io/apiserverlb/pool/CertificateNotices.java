package io.apiserverlb.pool;

import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Tells operators what they have to know of certificates: once for each server and certificate.
 *
 * <p>Safe for use by any thread.
 */
public final class CertificateNotices {
    private final CertificateWarnings warnings;
    private final InstantSource clock;
    private final Events events;
    private final Map<ServerAddress, Told> told = new HashMap<>();

    /** What has been told of the certificate that a server showed last. */
    private record Told(Instant notBefore, Instant notAfter, List<String> names, Set<String> texts) {
        static Told nothingOf(Certificate certificate) {
            return new Told(certificate.notBefore(), certificate.notAfter(), certificate.names(), new HashSet<>());
        }

        boolean isOf(Certificate certificate) {
            return notBefore.equals(certificate.notBefore())
                    && notAfter.equals(certificate.notAfter())
                    && names.equals(certificate.names());
        }
    }

    public CertificateNotices(CertificateWarnings warnings, InstantSource clock, Events events) {
        this.warnings = warnings;
        this.clock = clock;
        this.events = events;
    }

    /** Tells of each certificate that has not been seen before. */
    public synchronized void accept(ServerList list) {
        for (Server server : list.servers()) {
            Certificate certificate = server.observed().certificate();
            Told known = told.get(server.address());
            if (certificate != null && (known == null || !known.isOf(certificate))) {
                Told nothing = Told.nothingOf(certificate);
                told.put(server.address(), nothing);
                tell(server, nothing);
            }
        }
    }

    /** Tells what has become true with time; to be called now and then. */
    public synchronized void lookAgain(ServerList list) {
        told.keySet().removeIf(address -> list.get(address) == null);
        for (Server server : list.servers()) {
            Told known = told.get(server.address());
            if (known != null) {
                tell(server, known);
            }
        }
    }

    private void tell(Server server, Told known) {
        warnings.of(server, clock.instant()).stream().filter(known.texts()::add).forEach(text -> record(server, text));
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
