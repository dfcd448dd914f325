package io.apiserverlb.discovery.k3s;

import io.apiserverlb.tls.ClusterAccess;
import io.apiserverlb.tls.TlsSettingsException;
import io.apiserverlb.tls.UnverifiedTrust;
import java.time.InstantSource;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Knows which CA the cluster has, and asks supervisors that this CA vouches for. No credential is sent to any other.
 *
 * <p>The CA is kept until it fails. With a hash in the token it is then asked for again, wherever that happens, and the hash decides. Without
 * one it is what the first supervisor said that named the servers, and stays so for as long as the token is the same. For one thread, but for
 * {@link #access}.
 */
final class K3sCluster {
    private static final String CA_PATH = "/cacerts";
    private static final int OK = 200;

    private final String serversPath;
    private final Requests requests;
    private final InstantSource clock;
    private final Consumer<String> warn;
    /** No credential must be sent by it. */
    private final SSLContext unverified = UnverifiedTrust.context();

    private @Nullable Trust trust;

    private boolean unpinnedIsTold;
    private volatile @Nullable ClusterAccess access;

    K3sCluster(K3sDiscovery.Program program, Requests requests, InstantSource clock, Consumer<String> warn) {
        this.serversPath = program.path() + "apiservers";
        this.requests = requests;
        this.clock = clock;
        this.warn = warn;
    }

    /** Null until the CA is known for certain: by its hash or, where there is none, by a supervisor of this CA that named the servers. */
    @Nullable
    ClusterAccess access() {
        return access;
    }

    /** Expects no other names in certificates any more than these. */
    void keepContexts(Collection<String> certificateNames) {
        if (trust != null) {
            trust.keepContexts(certificateNames);
        }
    }

    /** Asks one supervisor for the API servers. */
    NamedServers servers(Route route, K3sToken token, Deadline deadline) throws SupervisorException {
        Trust known = trust;
        if (known == null || !known.isFor(token)) {
            return serversByItsOwnCa(route, token, deadline);
        }
        try {
            return servers(route, known, deadline);
        } catch (SupervisorException e) {
            if (e.kind() != SupervisorException.Kind.UNTRUSTED) {
                throw e;
            }
            if (token.caHash().isEmpty()) {
                throw new SupervisorException(
                        e.words() + "; the token has no hash by which to trust another CA than the first");
            }
            return serversByItsOwnCa(route, token, deadline);
        }
    }

    /** Asks one supervisor for the CA first and, if that is the one that the token names or it names none, for the API servers. */
    private NamedServers serversByItsOwnCa(Route route, K3sToken token, Deadline deadline) throws SupervisorException {
        Trust asked = ask(route, token, deadline);
        if (token.caHash().isPresent()) {
            adopt(asked);
            return servers(route, asked, deadline);
        }
        if (!unpinnedIsTold) {
            unpinnedIsTold = true;
            warn.accept("the token has no CA hash (K10<hash>::…): whichever CA a supervisor names is trusted");
        }
        NamedServers servers = servers(route, asked, deadline);
        adopt(asked);
        return servers;
    }

    private NamedServers servers(Route route, Trust by, Deadline deadline) throws SupervisorException {
        Set<String> reasons = new LinkedHashSet<>();
        for (String name : route.certificateNames()) {
            try {
                String authorization = by.access().authorization().orElseThrow();
                return NamedServers.read(
                        requests.get(by.context(name), route.uri(serversPath), authorization, deadline));
            } catch (SupervisorException e) {
                if (e.kind() != SupervisorException.Kind.UNTRUSTED) {
                    throw e;
                }
                reasons.add(e.words());
            }
        }
        throw new SupervisorException(SupervisorException.Kind.UNTRUSTED, String.join("; ", reasons));
    }

    private Trust ask(Route route, K3sToken token, Deadline deadline) throws SupervisorException {
        HttpAnswer answer = requests.get(unverified, route.uri(CA_PATH), null, deadline);
        if (answer.status() != OK) {
            throw new SupervisorException("answers " + CA_PATH + " with status " + answer.status());
        }
        CaBundle bundle = CaBundle.parse(answer.body(), clock.instant());
        Optional<String> wanted = token.caHash();
        if (wanted.isEmpty()) {
            return trust(token, bundle.everything());
        }
        String hash = bundle.hash();
        if (!hash.equals(wanted.get())) {
            throw new SupervisorException(
                    SupervisorException.Kind.WRONG_CA,
                    "has another CA than the token says: the hash of its CA is " + hash + ", that in the token "
                            + wanted.get() + "; it was sent no credential");
        }
        return trust(token, bundle.hashed());
    }

    private Trust trust(K3sToken token, String ca) throws SupervisorException {
        if (trust != null && trust.isFor(token) && trust.isOf(ca)) {
            return trust;
        }
        try {
            return new Trust(token, ca, clock);
        } catch (TlsSettingsException e) {
            throw new SupervisorException("has a CA that cannot be used: it " + e.getMessage());
        }
    }

    private void adopt(Trust next) {
        trust = next;
        access = next.access();
    }
}
