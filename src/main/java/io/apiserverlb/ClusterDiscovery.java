package io.apiserverlb;

import io.apiserverlb.discovery.Discovery;
import io.apiserverlb.discovery.NameResolver;
import io.apiserverlb.pool.DiscoveryStatus;
import io.apiserverlb.pool.ServerList;
import io.apiserverlb.proxy.PrivateListener;
import io.apiserverlb.proxy.Sessions;
import io.apiserverlb.tls.ClusterAccess;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** All that finds servers: the source that is configured, with its own way to the servers, and host names. */
final class ClusterDiscovery implements AutoCloseable {
    private record Source(Discovery discovery, PrivateListener gateway) {}

    private final @Nullable Source source;
    private final NameResolver names;

    /** @param gateway by which the source reaches the servers */
    ClusterDiscovery(Discovery source, PrivateListener gateway, NameResolver names) {
        this(new Source(source, gateway), names);
    }

    /** Nobody but the operator names servers, be it by their host names. */
    static ClusterDiscovery ofNobody(NameResolver names) {
        return new ClusterDiscovery(null, names);
    }

    private ClusterDiscovery(@Nullable Source source, NameResolver names) {
        this.source = source;
        this.names = names;
    }

    /**
     * Makes ready the way to the servers.
     *
     * @throws io.apiserverlb.proxy.ListenException if loopback has no port left
     */
    void bind() {
        if (source != null) {
            source.gateway.bind();
        }
    }

    /** Where the source comes in, which is no server. */
    Optional<InetSocketAddress> listener() {
        return source == null ? Optional.empty() : source.gateway.address();
    }

    /** Those of the source. */
    List<Sessions> sessions() {
        return source == null ? List.of() : List.of(source.gateway.sessions());
    }

    void accept(ServerList list) {
        if (source != null) {
            source.gateway.accept(list);
        }
        names.accept(list);
    }

    void start() {
        if (source != null) {
            source.discovery.start();
        }
    }

    /** Asks at once, if there is somebody to ask. */
    void refresh() {
        if (source != null) {
            source.discovery.refresh();
        }
    }

    /** Of the source; a name that cannot be resolved is told where the source has no trouble of its own. */
    DiscoveryStatus status() {
        DiscoveryStatus ofNames = names.status();
        if (source == null) {
            return ofNames;
        }
        DiscoveryStatus status = source.discovery.status();
        String error = status.error() == null ? ofNames.error() : status.error();
        return new DiscoveryStatus(status.kind(), status.lastSuccess(), error);
    }

    /** What the cluster is known by, and knows this process by, as far as the source knows it by now. */
    Optional<ClusterAccess> access() {
        return source == null ? Optional.empty() : Optional.ofNullable(source.discovery.access());
    }

    @Override
    public void close() {
        names.close();
        if (source != null) {
            source.discovery.close();
            source.gateway.close();
        }
    }
}
