package io.apiserverlb.actuate;

import io.apiserverlb.pool.ServerList;
import io.apiserverlb.pool.ServerPool;
import io.apiserverlb.pool.SessionView;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/** Readiness: whether a client that connects now would be served; by a fallback, too. */
final class ServingHealth implements HealthIndicator {
    private final SessionView sessions;
    private final ServerPool pool;

    ServingHealth(SessionView sessions, ServerPool pool) {
        this.sessions = sessions;
        this.pool = pool;
    }

    @Override
    public Health health() {
        ServerList list = pool.list();
        List<String> missing = new ArrayList<>();
        if (sessions.listeners().isEmpty()) {
            missing.add("an open listener");
        }
        if (list.usable() == 0) {
            missing.add("a usable server");
        }
        Health.Builder health = missing.isEmpty() ? Health.up() : Health.down().withDetail("missing", missing);
        return health.withDetail("mode", Label.dashed(list.mode()))
                .withDetail("usable", list.usable())
                .withDetail("total", list.servers().size())
                .build();
    }
}
