package io.apiserverlb.actuate;

import java.time.Duration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/** Liveness: whether the event loops turn. Nothing outside this process has a say in it. */
final class EventLoopsHealth implements HealthIndicator {
    private static final Duration STUCK = Duration.ofSeconds(30);

    private final Liveness liveness;

    EventLoopsHealth(Liveness liveness) {
        this.liveness = liveness;
    }

    @Override
    public Health health() {
        Duration sinceLastTurn = liveness.sinceLastTurn();
        return (sinceLastTurn.compareTo(STUCK) < 0 ? Health.up() : Health.down())
                .withDetail("sinceLastTurnMs", sinceLastTurn.toMillis())
                .build();
    }
}
