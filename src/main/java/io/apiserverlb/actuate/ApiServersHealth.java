package io.apiserverlb.actuate;

import io.apiserverlb.pool.CheckResult;
import io.apiserverlb.pool.Server;
import io.apiserverlb.pool.ServerList;
import io.apiserverlb.pool.ServerPool;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * One health entry per server, always of the present list.
 *
 * <p>An empty list has one entry too, {@link #NONE}: without any, Actuator would answer that there is no such component.
 */
final class ApiServersHealth implements CompositeHealthContributor {
    private static final String NONE = "none";

    private final ServerPool pool;
    private final HealthStatuses statuses;

    ApiServersHealth(ServerPool pool, HealthStatuses statuses) {
        this.pool = pool;
        this.statuses = statuses;
    }

    @Override
    public Stream<Entry> stream() {
        ServerList list = pool.list();
        PoolStatus whole = PoolStatus.of(list);
        if (list.servers().isEmpty()) {
            return Stream.of(new Entry(NONE, none(whole)));
        }
        return list.servers().stream().map(server -> new Entry(server.address().toString(), indicator(server, whole)));
    }

    @Override
    public @Nullable HealthContributor getContributor(String name) {
        return stream()
                .filter(entry -> entry.name().equals(name))
                .findFirst()
                .map(Entry::contributor)
                .orElse(null);
    }

    private HealthIndicator none(PoolStatus whole) {
        Health health = Health.status(statuses.entry(ServerStatus.UNREACHABLE, whole))
                .withDetail("reason", "there is no server in the list")
                .build();
        return () -> health;
    }

    private HealthIndicator indicator(Server server, PoolStatus whole) {
        CheckResult check = server.observed().check();
        Health.Builder health = Health.status(statuses.entry(ServerStatus.of(server), whole))
                .withDetail("state", Label.dashed(server.state()))
                .withDetail("usable", server.usable())
                .withDetail("role", Label.lower(server.place().role()))
                .withDetail("check", check == null ? "none" : check.code().name())
                .withDetail("since", server.since().toString());
        if (!server.usable()) {
            health.withDetail("reason", server.reason());
        }
        return health::build;
    }
}
