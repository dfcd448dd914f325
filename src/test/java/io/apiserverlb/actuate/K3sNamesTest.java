package io.apiserverlb.actuate;

import static org.assertj.core.api.Assertions.assertThat;

import io.apiserverlb.pool.AdminState;
import io.apiserverlb.pool.CloseReason;
import io.apiserverlb.pool.ConnectFailure;
import io.apiserverlb.pool.Lease;
import io.apiserverlb.pool.ListChange;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class K3sNamesTest {
    private static final String FALLBACK = "192.168.1.177:6789";
    private static final String ONE = "192.168.1.229:6443";

    private final PrometheusMeterRegistry registry = Scrape.registry();
    private final TestPool servers = TestPool.withFallback(FALLBACK, ONE, "192.168.1.63:6443");

    @Test
    void areAbsentUnlessAskedFor() {
        new ServerMetrics(registry, new MetricsSettings("test", false), servers.pool, Runnable::run);

        assertThat(Scrape.of(registry).text()).doesNotContain("k3s_");
    }

    @Test
    void showHealthInK3sNumbers() {
        observe();
        assertThat(health(ONE)).isEqualTo(3);
        assertThat(health(FALLBACK)).isEqualTo(2);

        servers.passes(ONE, "192.168.1.63:6443");
        assertThat(health(ONE)).isEqualTo(5);

        Lease lease = servers.connectedSession(ONE);
        assertThat(health(ONE)).isEqualTo(7);
        lease.close(CloseReason.CLIENT);

        servers.isNotReady(ONE);
        assertThat(health(ONE)).isEqualTo(1);

        servers.goesDown(ONE);
        assertThat(health(ONE)).isEqualTo(1);

        servers.passes(ONE);
        assertThat(health(ONE)).isEqualTo(4);

        servers.passes(ONE);
        assertThat(health(ONE)).isEqualTo(6);

        servers.change(new ListChange.Patch(TestPool.address(ONE), AdminState.MAINT, null));
        assertThat(health(ONE)).isZero();
    }

    @Test
    void showConnectionsAndGoWithTheServer() {
        observe();
        Lease lease = servers.connectedSession(ONE);
        String series = "k3s_loadbalancer_server_connections{name=\"test\",server=\"" + ONE + "\"}";
        assertThat(Scrape.of(registry).value(series)).isEqualTo(1);

        servers.change(new ListChange.Remove(TestPool.address(ONE)));
        assertThat(health(ONE)).isZero();

        lease.close(CloseReason.REMOVED);
        assertThat(Scrape.of(registry).of(ONE)).isEmpty();
    }

    @Test
    void timeEachDialInK3sBuckets() {
        observe();

        Lease good = servers.session(ONE);
        servers.advance(Duration.ofMillis(3));
        good.connected();
        good.taken();
        Lease bad = servers.session(ONE);
        servers.advance(Duration.ofSeconds(2));
        bad.failed(ConnectFailure.TIMEOUT);

        Scrape scrape = Scrape.of(registry);
        String bucket = "k3s_loadbalancer_dial_duration_seconds_bucket{name=\"test\",status=\"%s\",le=\"%s\"}";
        assertThat(scrape.value(bucket.formatted("success", "0.002"))).isZero();
        assertThat(scrape.value(bucket.formatted("success", "0.004"))).isEqualTo(1);
        assertThat(scrape.value(bucket.formatted("error", "1.024"))).isZero();
        assertThat(scrape.value(bucket.formatted("error", "2.048"))).isEqualTo(1);
        assertThat(scrape.value(bucket.formatted("error", "16.384"))).isEqualTo(1);
        assertThat(scrape.series().keySet().stream()
                        .filter(series -> series.startsWith("k3s_loadbalancer_dial_duration_seconds_bucket"))
                        .filter(series -> series.contains("success")))
                .hasSize(16);
    }

    private void observe() {
        new ServerMetrics(registry, new MetricsSettings("test", true), servers.pool, Runnable::run);
    }

    private double health(String server) {
        return Scrape.of(registry).value("k3s_loadbalancer_server_health{name=\"test\",server=\"" + server + "\"}");
    }
}
