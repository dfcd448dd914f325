package io.apiserverlb;

import io.apiserverlb.discovery.kubernetes.CallerReviews;
import io.apiserverlb.pool.ServerList;
import io.apiserverlb.proxy.PrivateListener;
import io.apiserverlb.proxy.Sessions;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The balancer's own way to the servers, where it asks the cluster something, and the questions about callers that take it. */
final class ClusterGateway implements AutoCloseable {
    static final ClusterGateway NONE = new ClusterGateway(null, address -> null);

    private final @Nullable PrivateListener listener;
    private final @Nullable CallerReviews reviews;

    /** @param reviews makes what asks about callers, or null if nobody does */
    ClusterGateway(
            @Nullable PrivateListener listener,
            Function<Supplier<Optional<InetSocketAddress>>, @Nullable CallerReviews> reviews) {
        this.listener = listener;
        this.reviews = reviews.apply(this::address);
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
