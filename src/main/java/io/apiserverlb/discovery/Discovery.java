package io.apiserverlb.discovery;

import io.apiserverlb.pool.DiscoveryStatus;
import io.apiserverlb.tls.ClusterAccess;
import org.jspecify.annotations.Nullable;

/**
 * Follows the servers that a cluster says it has.
 *
 * <p>Started once and closed once; the other methods may be called by any thread and never block.
 */
public interface Discovery extends AutoCloseable {
    void start();

    /** Asks the cluster again, at once. */
    void refresh();

    DiscoveryStatus status();

    /** What the cluster is known by and knows this process by; null while that is unknown. */
    @Nullable
    ClusterAccess access();

    /** Stops asking; what was found stays in the list. */
    @Override
    void close();
}
