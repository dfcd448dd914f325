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
    /** Behind one address there may be several, by turns; what shows ever new ones is not worth the history's room. */
    private static final int MOST_OF_A_SERVER = 64;

    private final CertificateWarnings warnings;
    private final InstantSource clock;
    private final Events events;
    /** What has been told, by the server and the certificate. */
    private final Map<ServerAddress, Map<Shown, Set<String>>> told = new HashMap<>();

    /** What tells a certificate from others. */
    private record Shown(Instant notBefore, Instant notAfter, String subject, List<String> names) {
        static Shown of(Certificate certificate) {
            return new Shown(
                    certificate.notBefore(), certificate.notAfter(), certificate.subject(), certificate.names());
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
            if (certificate != null) {
                Map<Shown, Set<String>> known = told.computeIfAbsent(server.address(), address -> new HashMap<>());
                Shown shown = Shown.of(certificate);
                if (!known.containsKey(shown) && known.size() < MOST_OF_A_SERVER) {
                    known.put(shown, new HashSet<>());
                    tell(server, certificate);
                }
            }
        }
    }

    /** Tells what has become true with time; to be called now and then. */
    public synchronized void lookAgain(ServerList list) {
        told.keySet().removeIf(address -> list.get(address) == null);
        for (Server server : list.servers()) {
            Certificate certificate = server.observed().certificate();
            if (certificate != null) {
                tell(server, certificate);
            }
        }
    }

    private void tell(Server server, Certificate certificate) {
        Set<String> texts = told.getOrDefault(server.address(), Map.of()).get(Shown.of(certificate));
        if (texts != null) {
            warnings.of(server, clock.instant()).stream().filter(texts::add).forEach(text -> record(server, text));
        }
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
