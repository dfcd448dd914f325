package io.apiserverlb.actuate;

import static org.assertj.core.api.Assertions.assertThat;

import io.apiserverlb.pool.AdminState;
import io.apiserverlb.pool.Certificate;
import io.apiserverlb.pool.ListChange;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ServerStatusTest {
    private static final String SERVER = "192.168.1.229:6443";
    private static final String OTHER = "192.168.1.63:6443";

    private final TestPool servers = TestPool.of(SERVER, OTHER);

    @Test
    void usableIsUpBeforeAnyCheckAndAfterOneFailure() {
        assertThat(status()).isEqualTo(ServerStatus.UP);

        servers.passes(SERVER);
        servers.fails(SERVER);

        assertThat(status()).isEqualTo(ServerStatus.UP);
    }

    @Test
    void downIsUnreachable() {
        servers.goesDown(SERVER);

        assertThat(status()).isEqualTo(ServerStatus.UNREACHABLE);
    }

    @Test
    void goingUpIsDegraded() {
        servers.goesDown(SERVER);
        servers.passes(SERVER);

        assertThat(status()).isEqualTo(ServerStatus.DEGRADED);
    }

    @Test
    void notReadyIsDegraded() {
        servers.passes(SERVER, OTHER);
        servers.isNotReady(SERVER);

        assertThat(status()).isEqualTo(ServerStatus.DEGRADED);
    }

    @Test
    void newlyDiscoveredIsDegradedUntilItsFirstCheck() {
        servers.discovers("192.168.1.64:6443");

        assertThat(ServerStatus.of(servers.server("192.168.1.64:6443"))).isEqualTo(ServerStatus.DEGRADED);
    }

    @Test
    void maintenanceDrainAndWeightZeroAreOutOfService() {
        servers.change(new ListChange.Patch(TestPool.address(SERVER), AdminState.MAINT, null));
        assertThat(status()).isEqualTo(ServerStatus.OUT_OF_SERVICE);

        servers.change(new ListChange.Patch(TestPool.address(SERVER), AdminState.DRAIN, null));
        assertThat(status()).isEqualTo(ServerStatus.OUT_OF_SERVICE);

        servers.change(new ListChange.Patch(TestPool.address(SERVER), AdminState.READY, 0));
        assertThat(status()).isEqualTo(ServerStatus.OUT_OF_SERVICE);
    }

    @Test
    void goneFromDiscoveryIsOutOfService() {
        servers.discovers("192.168.1.64:6443", "192.168.1.65:6443");
        servers.discovers("192.168.1.65:6443");

        assertThat(ServerStatus.of(servers.server("192.168.1.64:6443"))).isEqualTo(ServerStatus.OUT_OF_SERVICE);
    }

    @Test
    void somebodyElseInItsPlaceIsUnreachable() {
        servers.shows(SERVER, Certificate.Identity.REFUSED, TestPool.START.plus(Duration.ofDays(1)));

        assertThat(status()).isEqualTo(ServerStatus.UNREACHABLE);
    }

    @Test
    void aNameThatHasNotBeenResolvedIsUnreachable() {
        servers.replace("api.example.org:6443");

        assertThat(ServerStatus.of(servers.server("api.example.org:6443"))).isEqualTo(ServerStatus.UNREACHABLE);
    }

    private ServerStatus status() {
        return ServerStatus.of(servers.server(SERVER));
    }
}
