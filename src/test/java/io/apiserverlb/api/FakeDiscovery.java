package io.apiserverlb.api;

import io.apiserverlb.pool.DiscoveryStatus;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** A discovery that has failed lately, or that cannot even tell how it goes. */
final class FakeDiscovery implements Supplier<DiscoveryStatus> {
    volatile boolean broken;
    volatile String kind = "k3s";
    final AtomicInteger refreshes = new AtomicInteger();

    void refresh() {
        refreshes.incrementAndGet();
    }

    @Override
    public DiscoveryStatus get() {
        if (broken) {
            throw new IllegalStateException("a secret");
        }
        return new DiscoveryStatus(kind, ApiUnderTest.NOW, "no route to host");
    }
}
