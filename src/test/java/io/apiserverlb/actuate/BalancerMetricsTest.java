package io.apiserverlb.actuate;

import static org.assertj.core.api.Assertions.assertThat;

import io.apiserverlb.pool.DiscoveryStatus;
import io.apiserverlb.pool.Hedge;
import io.apiserverlb.pool.Rejection;
import io.apiserverlb.pool.StateStatus;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BalancerMetricsTest {
    private static final String ONE = "192.168.1.229:6443";

    private final PrometheusMeterRegistry registry = Scrape.registry();
    private final TestPool servers = TestPool.withFallback("192.168.1.177:6789", ONE);
    private final FakeSessions sessions = new FakeSessions();
    private StateStatus state = new StateStatus("/s.json", null, null, 0, 0);
    private DiscoveryStatus discovery = new DiscoveryStatus("k3s", null, null);

    @BeforeEach
    void observe() {
        new BalancerMetrics(
                registry, new MetricsSettings("test", false), servers.pool, sessions, () -> state, () -> discovery);
    }

    @Test
    void showsSessionsAndTheirLimit() {
        sessions.active = 12;

        assertThat(value("apiserver_lb_connections{lb=\"test\"}")).isEqualTo(12);
        assertThat(value("apiserver_lb_connections_limit{lb=\"test\"}")).isEqualTo(10_000);
    }

    @Test
    void showsTheModeAsOneOfThree() {
        assertThat(value("apiserver_lb_mode{lb=\"test\",mode=\"normal\"}")).isEqualTo(1);

        servers.goesDown(ONE, "192.168.1.177:6789");

        assertThat(value("apiserver_lb_mode{lb=\"test\",mode=\"normal\"}")).isZero();
        assertThat(value("apiserver_lb_mode{lb=\"test\",mode=\"fallback\"}")).isZero();
        assertThat(value("apiserver_lb_mode{lb=\"test\",mode=\"last-resort\"}")).isEqualTo(1);
    }

    @Test
    void countsServersByState() {
        servers.passes(ONE);

        assertThat(value("apiserver_lb_servers{lb=\"test\",state=\"up\"}")).isEqualTo(1);
        assertThat(value("apiserver_lb_servers{lb=\"test\",state=\"unchecked\"}"))
                .isEqualTo(1);
        assertThat(value("apiserver_lb_servers{lb=\"test\",state=\"going-down\"}"))
                .isZero();
    }

    @Test
    void countsClientsTurnedAwayByReason() {
        servers.pool.rejected(Rejection.NO_SERVER);

        assertThat(value("apiserver_lb_rejected_total{lb=\"test\",reason=\"no_server\"}"))
                .isEqualTo(1);
        for (String reason : new String[] {"limit", "acl", "resources", "shutdown"}) {
            assertThat(value("apiserver_lb_rejected_total{lb=\"test\",reason=\"" + reason + "\"}"))
                    .isZero();
        }
    }

    @Test
    void countsHedgesByKindAndOutcome() {
        servers.pool.hedged(Hedge.HANDSHAKE, true);
        servers.pool.hedged(Hedge.HANDSHAKE, false);
        servers.pool.hedged(Hedge.HANDSHAKE, false);

        assertThat(value("apiserver_lb_hedges_total{kind=\"handshake\",lb=\"test\",won=\"true\"}"))
                .isEqualTo(1);
        assertThat(value("apiserver_lb_hedges_total{kind=\"handshake\",lb=\"test\",won=\"false\"}"))
                .isEqualTo(2);
        assertThat(value("apiserver_lb_hedges_total{kind=\"connect\",lb=\"test\",won=\"true\"}"))
                .isZero();
    }

    @Test
    void showsHowWritingTheStateFileGoes() {
        state = new StateStatus("/s.json", Instant.EPOCH, "no space left on device", 3, 2);

        assertThat(value("apiserver_lb_state_writes_total{lb=\"test\",outcome=\"success\"}"))
                .isEqualTo(3);
        assertThat(value("apiserver_lb_state_writes_total{lb=\"test\",outcome=\"failure\"}"))
                .isEqualTo(2);
        assertThat(value("apiserver_lb_state_write_failing{lb=\"test\"}")).isEqualTo(1);

        state = new StateStatus("/s.json", Instant.EPOCH, null, 4, 2);

        assertThat(value("apiserver_lb_state_write_failing{lb=\"test\"}")).isZero();
    }

    @Test
    void countsWhatDiscoveryBrings() {
        servers.discovers("192.168.1.64:6443");
        servers.discovers("192.168.1.64:6443");
        servers.discovers();
        servers.pool.discoveryFailed();

        for (String outcome : new String[] {"success", "unchanged", "ignored_empty", "failure"}) {
            assertThat(value("apiserver_lb_discovery_updates_total{lb=\"test\",outcome=\"" + outcome + "\"}"))
                    .isEqualTo(1);
        }
    }

    @Test
    void showsWhenDiscoveryLastSucceeded() {
        String series = "apiserver_lb_discovery_last_success_timestamp_seconds{lb=\"test\"}";
        assertThat(value(series)).isZero();

        discovery = new DiscoveryStatus("k3s", Instant.ofEpochSecond(1_700_000_000), null);

        assertThat(value(series)).isEqualTo(1_700_000_000);
    }

    private double value(String series) {
        return Scrape.of(registry).value(series);
    }
}
