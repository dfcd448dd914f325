package io.apiserverlb.discovery.k3s;

import io.apiserverlb.tls.ClusterAccess;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import javax.net.ssl.SSLContext;

/** A CA that was taken on the word of a token, and what it is to be used for. For one thread. */
final class Trust {
    private final K3sToken token;
    private final String ca;
    private final ClusterAccess access;
    private final InstantSource clock;
    private final Map<String, SSLContext> contexts = new HashMap<>();

    /** @param ca PEM */
    Trust(K3sToken token, String ca, InstantSource clock) {
        this.token = token;
        this.ca = ca;
        this.access = ClusterAccess.of(ca, null, null, token.authorization());
        this.clock = clock;
    }

    boolean isFor(K3sToken other) {
        return token.equals(other);
    }

    boolean isOf(String otherCa) {
        return ca.equals(otherCa);
    }

    ClusterAccess access() {
        return access;
    }

    /**
     * What connects to servers of this CA and to no others.
     *
     * @param name that the server's certificate has to cover
     */
    SSLContext context(String name) {
        return contexts.computeIfAbsent(name, covered -> access.context(covered, clock));
    }

    /** Forgets all other names. */
    void keepContexts(Collection<String> names) {
        contexts.keySet().retainAll(names);
    }
}
