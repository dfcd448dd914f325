package io.apiserverlb.actuate;

import io.apiserverlb.pool.DiscoveryStatus;
import java.util.function.Supplier;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;

/** Whether the cluster tells which servers it has: {@code DEGRADED} while it does not, since the last answer stays good for a while. */
final class DiscoveryHealth implements HealthIndicator {
    private final Supplier<DiscoveryStatus> discovery;

    DiscoveryHealth(Supplier<DiscoveryStatus> discovery) {
        this.discovery = discovery;
    }

    @Override
    public Health health() {
        DiscoveryStatus now = discovery.get();
        Health.Builder health = Health.status(now.error() == null ? Status.UP : HealthStatuses.DEGRADED)
                .withDetail("kind", now.kind());
        if (now.lastSuccess() != null) {
            health.withDetail("lastSuccess", now.lastSuccess().toString());
        }
        if (now.error() != null) {
            health.withDetail("error", now.error());
        }
        return health.build();
    }
}
