package io.apiserverlb;

import io.apiserverlb.discovery.Discovery;
import io.apiserverlb.discovery.NameResolver;
import io.apiserverlb.pool.DiscoveryStatus;
import io.apiserverlb.pool.ServerList;
import io.apiserverlb.tls.ClusterAccess;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** All that finds servers: the source that is configured, and host names. */
final class ClusterDiscovery implements AutoCloseable {
    private final @Nullable Discovery source;
    private final NameResolver names;

    /** @param source null if nobody but the operator names servers, be it by their host names */
    ClusterDiscovery(@Nullable Discovery source, NameResolver names) {
        this.source = source;
        this.names = names;
    }

    void accept(ServerList list) {
        names.accept(list);
    }

    void start() {
        if (source != null) {
            source.start();
        }
    }

    /** Asks at once, if there is somebody to ask. */
    void refresh() {
        if (source != null) {
            source.refresh();
        }
    }

    /** Of the source; a name that cannot be resolved is told where the source has no trouble of its own. */
    DiscoveryStatus status() {
        DiscoveryStatus ofNames = names.status();
        if (source == null) {
            return ofNames;
        }
        DiscoveryStatus status = source.status();
        String error = status.error() == null ? ofNames.error() : status.error();
        return new DiscoveryStatus(status.kind(), status.lastSuccess(), error);
    }

    /** What the cluster is known by, and knows this process by, as far as the source knows it by now. */
    Optional<ClusterAccess> access() {
        return source == null ? Optional.empty() : Optional.ofNullable(source.access());
    }

    @Override
    public void close() {
        names.close();
        if (source != null) {
            source.close();
        }
    }
}
