package io.apiserverlb.api;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Listeners and a CA as a test wants them. */
final class FakeTrust {
    volatile List<InetSocketAddress> listeners = List.of();
    volatile @Nullable String authorities;

    ClusterTrust trust() {
        return new ClusterTrust(() -> listeners, () -> Optional.ofNullable(authorities), null);
    }
}
