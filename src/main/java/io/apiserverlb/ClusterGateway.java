package io.apiserverlb;

import io.apiserverlb.discovery.kubernetes.CallerReviews;
import io.apiserverlb.pool.Events;
import io.apiserverlb.pool.ServerList;
import io.apiserverlb.pool.ServerPool;
import io.apiserverlb.proxy.EventLoops;
import io.apiserverlb.proxy.PrivateListener;
import io.apiserverlb.proxy.Sessions;
import io.apiserverlb.proxy.SocketOptions;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The balancer's own way to the servers, where it asks the cluster something, and the questions about callers that take it. */
final class ClusterGateway implements AutoCloseable {
    private final @Nullable PrivateListener listener;
    private final @Nullable CallerReviews reviews;

    private ClusterGateway(@Nullable PrivateListener listener, @Nullable CallerReviews reviews) {
        this.listener = listener;
        this.reviews = reviews;
    }

    /** Not bound yet; nothing at all where nobody asks. */
    static ClusterGateway of(
            ClusterPlan plan,
            Blueprint blueprint,
            ServerPool pool,
            SocketOptions options,
            EventLoops loops,
            InstantSource clock,
            LongSupplier nanoTime,
            RandomGenerator random,
            Events events) {
        if (!plan.needsGateway()) {
            return new ClusterGateway(null, null);
        }
        PrivateListener listener = new PrivateListener(
                blueprint.properties().name(),
                "discovery",
                blueprint.sessions(),
                blueprint.dialer(),
                pool,
                options,
                loops,
                nanoTime,
                random);
        return new ClusterGateway(listener, plan.reviews(listener::address, clock, nanoTime, events));
    }

    /**
     * Makes the way ready.
     *
     * @throws io.apiserverlb.proxy.ListenException if loopback has no port left
     */
    void bind() {
        if (listener != null) {
            listener.bind();
        }
        if (reviews != null) {
            reviews.prepare();
        }
    }

    /** Where this process comes in, which is no server. */
    Optional<InetSocketAddress> address() {
        return listener == null ? Optional.empty() : listener.address();
    }

    /** Those of this process itself. */
    List<Sessions> sessions() {
        return listener == null ? List.of() : List.of(listener.sessions());
    }

    void accept(ServerList list) {
        if (listener != null) {
            listener.accept(list);
        }
    }

    /** What asks about callers, if anything does. */
    Optional<CallerReviews> reviews() {
        return Optional.ofNullable(reviews);
    }

    @Override
    public void close() {
        if (reviews != null) {
            reviews.close();
        }
        if (listener != null) {
            listener.close();
        }
    }
}
