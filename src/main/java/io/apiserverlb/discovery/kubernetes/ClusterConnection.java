package io.apiserverlb.discovery.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.OAuthTokenProvider;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The one client of the cluster, made anew when it would have to trust or to show something else. For one thread. */
final class ClusterConnection implements AutoCloseable {
    private final Supplier<Optional<InetSocketAddress>> gateway;
    private final OAuthTokenProvider tokens;
    private final Executor tasks;
    private final Duration timeout;
    private final WatchAnswers.Listener watches;
    private final InstantSource clock;
    private @Nullable Open open;

    private record Open(KnownCluster cluster, InetSocketAddress gateway, KubernetesClient client) {}

    /**
     * No client yet.
     *
     * @param gateway a local listener that leads to a server
     * @param tokens asked for each request
     * @param tasks runs what a watch tells
     * @param timeout of a request
     * @param watches is told of each answer to a watch, on a thread of the client
     */
    ClusterConnection(
            Supplier<Optional<InetSocketAddress>> gateway,
            OAuthTokenProvider tokens,
            Executor tasks,
            Duration timeout,
            WatchAnswers.Listener watches,
            InstantSource clock) {
        this.gateway = gateway;
        this.tokens = tokens;
        this.tasks = tasks;
        this.timeout = timeout;
        this.watches = watches;
        this.clock = clock;
    }

    KubernetesClient client(KnownCluster cluster) throws CredentialsException {
        InetSocketAddress address = gateway.get()
                .orElseThrow(() -> new CredentialsException("the listener for questions to the cluster is not open"));
        Open present = open;
        if (present != null && present.gateway.equals(address) && isGoodFor(cluster)) {
            return present.client;
        }
        close();
        KubernetesClient client = GatewayClient.to(address, cluster, tokens, tasks, timeout, watches, clock);
        open = new Open(cluster, address, client);
        return client;
    }

    /** Whether the client, if there is one, would do for a cluster that is known in this way. */
    boolean isGoodFor(KnownCluster cluster) {
        return open == null || open.cluster.sharesConnectionsWith(cluster);
    }

    @Override
    public void close() {
        if (open != null) {
            open.client.close();
            open = null;
        }
    }
}
