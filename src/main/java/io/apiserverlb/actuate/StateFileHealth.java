package io.apiserverlb.actuate;

import io.apiserverlb.pool.StateStatus;
import java.util.function.Supplier;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;

/** Whether the list survives a restart: {@code DEGRADED} while the state file cannot be written. */
final class StateFileHealth implements HealthIndicator {
    private final Supplier<StateStatus> state;

    StateFileHealth(Supplier<StateStatus> state) {
        this.state = state;
    }

    @Override
    public Health health() {
        StateStatus now = state.get();
        Health.Builder health = Health.status(now.error() == null ? Status.UP : HealthStatuses.DEGRADED)
                .withDetail("path", now.path());
        if (now.lastWritten() != null) {
            health.withDetail("lastWritten", now.lastWritten().toString());
        }
        if (now.error() != null) {
            health.withDetail("error", now.error());
        }
        return health.build();
    }
}
