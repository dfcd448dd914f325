package io.apiserverlb.api;

import io.apiserverlb.pool.DiscoveryStatus;
import java.util.function.Supplier;

/** A discovery that has failed lately, or that cannot even tell how it goes. */
final class FakeDiscovery implements Supplier<DiscoveryStatus> {
    volatile boolean broken;

    @Override
    public DiscoveryStatus get() {
        if (broken) {
            throw new IllegalStateException("a secret");
        }
        return new DiscoveryStatus("k3s", ApiUnderTest.NOW, "no route to host");
    }
}
