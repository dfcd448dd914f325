package io.apiserverlb.actuate;

import static org.assertj.core.api.Assertions.assertThat;

import io.apiserverlb.pool.AdminState;
import io.apiserverlb.pool.ListChange;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.HealthContributors;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;

class ApiServersHealthTest {
    private static final String FALLBACK = "192.168.1.177:6789";
    private static final String ONE = "192.168.1.229:6443";
    private static final String TWO = "192.168.1.63:6443";

    private final HealthStatuses statuses = new HealthStatuses();

    @Test
    void isUpIfEveryServerIsUsable() {
        TestPool servers = TestPool.of(ONE, TWO);

        assertThat(together(servers)).isEqualTo(Status.UP);
    }

    @Test
    void isDegradedIfSomeServersAreUsable() {
        TestPool servers = TestPool.of(ONE, TWO);
        servers.goesDown(ONE);

        assertThat(together(servers)).isEqualTo(HealthStatuses.DEGRADED);
    }

    @Test
    void isDownIfNoServerIsUsable() {
        TestPool servers = TestPool.of(ONE, TWO);
        servers.goesDown(ONE, TWO);

        assertThat(together(servers)).isEqualTo(Status.DOWN);
    }

    @Test
    void doesNotCountAUsableFallback() {
        TestPool servers = TestPool.withFallback(FALLBACK, ONE, TWO);
        servers.goesDown(ONE, TWO);

        assertThat(together(servers)).isEqualTo(Status.DOWN);
    }

    @Test
    void doesNotCountAnUnusableFallback() {
        TestPool servers = TestPool.withFallback(FALLBACK, ONE, TWO);
        servers.goesDown(FALLBACK);

        assertThat(together(servers)).isEqualTo(Status.UP);
    }

    @Test
    void isDownWithNothingButAFallback() {
        TestPool servers = TestPool.withFallback(FALLBACK);

        assertThat(together(servers)).isEqualTo(Status.DOWN);
    }

    @Test
    void doesNotCountServersInMaintenanceOrDrain() {
        TestPool servers = TestPool.of(ONE, TWO, "192.168.1.64:6443");
        servers.change(new ListChange.Patch(TestPool.address(ONE), AdminState.MAINT, null));
        servers.change(new ListChange.Patch(TestPool.address(TWO), AdminState.DRAIN, null));

        assertThat(together(servers)).isEqualTo(Status.UP);
    }

    @Test
    void isDownIfEveryServerIsInMaintenance() {
        TestPool servers = TestPool.of(ONE);
        servers.change(new ListChange.Patch(TestPool.address(ONE), AdminState.MAINT, null));

        assertThat(together(servers)).isEqualTo(Status.DOWN);
    }

    @Test
    void isDownWithAnEmptyList() {
        assertThat(together(TestPool.of())).isEqualTo(Status.DOWN);
    }

    @Test
    void hasAnEntryForEachServerOfThePresentList() {
        TestPool servers = TestPool.of(ONE, TWO);
        ApiServersHealth health = new ApiServersHealth(servers.pool, statuses);

        servers.replace(TWO, "[2001:db8::1]:6443");

        assertThat(health.stream().map(HealthContributors.Entry::name)).containsExactly(TWO, "[2001:db8::1]:6443");
        assertThat(health.getContributor(ONE)).isNull();
    }

    @Test
    void tellsOtherComponentsApart() {
        Set<Status> statusesOfOthers = new LinkedHashSet<>(Set.of(Status.UP, Status.OUT_OF_SERVICE));

        assertThat(statuses.getAggregateStatus(statusesOfOthers)).isEqualTo(Status.OUT_OF_SERVICE);
    }

    @Test
    void oneDegradedComponentMakesTheWholeDegraded() {
        assertThat(statuses.getAggregateStatus(Status.UP, Status.UNKNOWN, HealthStatuses.DEGRADED))
                .isEqualTo(HealthStatuses.DEGRADED);
        assertThat(statuses.getAggregateStatus(HealthStatuses.DEGRADED, Status.DOWN))
                .isEqualTo(Status.DOWN);
    }

    /** As Actuator does it: from the set of what the entries read. */
    private Status together(TestPool servers) {
        Stream<HealthContributors.Entry> entries = new ApiServersHealth(servers.pool, statuses).stream();
        return statuses.getAggregateStatus(entries.map(entry -> (HealthIndicator) entry.contributor())
                .map(indicator ->
                        Objects.requireNonNull(indicator.health(false)).getStatus())
                .collect(Collectors.toSet()));
    }
}
