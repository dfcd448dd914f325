package io.apiserverlb.actuate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apiserverlb.pool.Certificate;
import io.apiserverlb.pool.CheckResult;
import io.apiserverlb.pool.CloseReason;
import io.apiserverlb.pool.ConnectFailure;
import io.apiserverlb.pool.Lease;
import io.apiserverlb.pool.ListChange;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ServerMetricsTest {
    private static final String ONE = "192.168.1.229:6443";
    private static final String TWO = "192.168.1.63:6443";
    private static final String LABELS = "{lb=\"test\",server=\"" + ONE + "\"}";

    private final PrometheusMeterRegistry registry = Scrape.registry();
    private final TestPool servers = TestPool.of(ONE, TWO);

    @Test
    void showsWhetherAServerTakesSessionsAndItsState() {
        observe();

        servers.passes(ONE);
        servers.goesDown(TWO);

        assertThat(scrape().value("apiserver_lb_server_up" + LABELS)).isEqualTo(1);
        assertThat(statesOf(ONE))
                .containsEntry("up", 1.0)
                .containsEntry("down", 0.0)
                .hasSize(9);
        assertThat(statesOf(TWO)).containsEntry("up", 0.0).containsEntry("down", 1.0);
    }

    @Test
    void hasSeriesForSoManyServersOnly() {
        String[] many = IntStream.rangeClosed(1, ServerMetrics.MOST + 1)
                .mapToObj(i -> "10.0." + i / 250 + "." + (1 + i % 250) + ":6443")
                .toArray(String[]::new);
        TestPool all = TestPool.of(many);
        new ServerMetrics(registry, new MetricsSettings("test", false), all.pool, Runnable::run);

        assertThat(registry.find("apiserver.lb.server.up").gauges()).hasSize(ServerMetrics.MOST);

        all.session(many[many.length - 1]); // is counted nowhere
    }

    @Test
    void countsSessionsAndTheirBytes() {
        observe();

        Lease open = servers.connectedSession(ONE);
        servers.connectedSession(ONE).close(CloseReason.CLIENT);
        open.received(10);
        open.sent(2_000);

        Scrape scrape = scrape();
        assertThat(scrape.value("apiserver_lb_server_connections" + LABELS)).isEqualTo(1);
        assertThat(scrape.value("apiserver_lb_connections_total" + LABELS)).isEqualTo(2);
        assertThat(scrape.value("apiserver_lb_bytes_total{direction=\"in\",lb=\"test\",server=\"" + ONE + "\"}"))
                .isEqualTo(10);
        assertThat(scrape.value("apiserver_lb_bytes_total{direction=\"out\",lb=\"test\",server=\"" + ONE + "\"}"))
                .isEqualTo(2_000);
    }

    @Test
    void timesConnectionsInExactlyThePromisedBuckets() {
        observe();

        Lease lease = servers.session(ONE);
        servers.advance(Duration.ofMillis(3));
        lease.connected();
        lease.taken();

        Map<String, Double> buckets = scrape().series().entrySet().stream()
                .filter(e -> e.getKey().startsWith("apiserver_lb_connect_duration_seconds_bucket"))
                .filter(e -> e.getKey().contains(ONE))
                .collect(Collectors.toMap(e -> label(e.getKey(), "le"), Map.Entry::getValue));
        assertThat(buckets.keySet())
                .containsExactlyInAnyOrder(
                        "0.001", "0.0025", "0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1.0", "2.5", "5.0",
                        "10.0", "+Inf");
        assertThat(buckets).containsEntry("0.0025", 0.0).containsEntry("0.005", 1.0);
        assertThat(scrape().value("apiserver_lb_connect_duration_seconds_sum" + LABELS))
                .isEqualTo(0.003);
    }

    @Test
    void sumsUpHowLongSessionsLastedAndChecksTook() {
        observe();

        Lease lease = servers.connectedSession(ONE);
        servers.advance(Duration.ofSeconds(90));
        lease.close(CloseReason.SERVER);
        servers.passes(ONE);

        Scrape scrape = scrape();
        assertThat(scrape.text()).contains("# TYPE apiserver_lb_session_duration_seconds summary");
        assertThat(scrape.value("apiserver_lb_session_duration_seconds_count" + LABELS))
                .isEqualTo(1);
        assertThat(scrape.value("apiserver_lb_session_duration_seconds_sum" + LABELS))
                .isEqualTo(90);
        assertThat(scrape.value("apiserver_lb_check_duration_seconds_count" + LABELS))
                .isEqualTo(1);
        assertThat(scrape.value("apiserver_lb_check_duration_seconds_sum" + LABELS))
                .isEqualTo(0.004);
    }

    @Test
    void countsByReasonFromZero() {
        observe();

        servers.session(ONE).failed(ConnectFailure.REFUSED);
        servers.connectedSession(ONE).close(CloseReason.MAX_AGE);
        servers.checked(CheckResult.Code.L6TOUT, 1, ONE);

        Scrape scrape = scrape();
        assertThat(byLabel("apiserver_lb_connect_failures_total", "reason"))
                .containsEntry("refused", 1.0)
                .containsEntry("timeout", 0.0)
                .containsOnlyKeys("refused", "timeout", "unreachable", "reset", "silent", "local");
        assertThat(byLabel("apiserver_lb_sessions_closed_total", "reason"))
                .containsEntry("max_age", 1.0)
                .containsOnlyKeys(
                        "client",
                        "server",
                        "down",
                        "drain",
                        "maint",
                        "removed",
                        "failback",
                        "rebalance",
                        "max_age",
                        "idle",
                        "half_close",
                        "admin",
                        "shutdown",
                        "error");
        assertThat(byLabel("apiserver_lb_checks_total", "result"))
                .containsEntry("L6TOUT", 1.0)
                .containsEntry("L7OK", 0.0);
        assertThat(scrape.text()).contains("# TYPE apiserver_lb_checks_total counter");
    }

    @Test
    void countsChangesOfStateThatChecksBringAboutFromZero() {
        observe();

        assertThat(scrape().series().entrySet())
                .filteredOn(series -> series.getKey().startsWith("apiserver_lb_transitions_total{")
                        && series.getKey().contains(ONE))
                .allSatisfy(series -> assertThat(series.getValue()).isZero())
                .extracting(series -> label(series.getKey(), "from") + " " + label(series.getKey(), "to"))
                .containsExactlyInAnyOrder(
                        "unchecked up",
                        "unchecked going-down",
                        "unchecked stopping",
                        "unchecked down",
                        "up going-down",
                        "up stopping",
                        "up down",
                        "going-down up",
                        "going-down stopping",
                        "going-down down",
                        "stopping up",
                        "stopping down",
                        "down going-up",
                        "down up",
                        "down stopping",
                        "going-up up",
                        "going-up down");
    }

    @Test
    void countsChangesOfState() {
        observe();

        servers.passes(ONE);
        servers.fails(ONE);
        servers.isNotReady(ONE);

        Map<String, Double> series = scrape().series();
        assertThat(series)
                .containsEntry(transition("unchecked", "up"), 1.0)
                .containsEntry(transition("up", "going-down"), 1.0)
                .containsEntry(transition("going-down", "stopping"), 1.0)
                .containsEntry(transition("down", "going-up"), 0.0);
    }

    @Test
    void showsWhenACertificateExpiresOnceOneWasSeen() {
        observe();
        String series = "apiserver_lb_certificate_not_after_timestamp_seconds" + LABELS;
        assertThat(scrape().series()).doesNotContainKey(series);

        servers.shows(ONE, Certificate.Identity.VERIFIED, Instant.parse("2027-04-12T13:14:52Z"));
        assertThat(scrape().value(series)).isEqualTo(1_807_535_692);

        servers.shows(ONE, Certificate.Identity.VERIFIED, Instant.parse("2028-04-12T13:14:52Z"));
        assertThat(scrape().value(series)).isEqualTo(1_839_158_092);
    }

    @Test
    void showsIpv6AddressesAndUnresolvedNames() {
        observe();

        servers.replace("[2001:db8::1]:6443", "api.example.org:6443");

        assertThat(scrape().value("apiserver_lb_server_up{lb=\"test\",server=\"[2001:db8::1]:6443\"}"))
                .isEqualTo(1);
        assertThat(scrape().value("apiserver_lb_server_up{lb=\"test\",server=\"api.example.org:6443\"}"))
                .isZero();
    }

    @Test
    void takesAwayEverySeriesOfAServerThatIsForgotten() {
        observe();
        servers.shows(ONE, Certificate.Identity.VERIFIED, TestPool.START);
        servers.isNotReady(ONE);
        servers.connectedSession(ONE).close(CloseReason.CLIENT);

        servers.change(new ListChange.Remove(TestPool.address(ONE)));

        assertThat(scrape().of(ONE)).isEmpty();
        assertThat(scrape().of(TWO)).isNotEmpty();
    }

    @Test
    void keepsTheSeriesOfAForgottenServerUntilItsLastSessionHasEnded() {
        observe();
        Lease first = servers.connectedSession(ONE);
        Lease last = servers.connectedSession(ONE);
        List<String> before = scrape().of(ONE);

        servers.change(new ListChange.Remove(TestPool.address(ONE)));
        first.close(CloseReason.REMOVED);
        last.received(5);

        assertThat(scrape().of(ONE)).isEqualTo(before);
        assertThat(scrape().value("apiserver_lb_server_up" + LABELS)).isZero();
        assertThat(scrape().value("apiserver_lb_server_connections" + LABELS)).isEqualTo(1);
        assertThat(scrape().value("apiserver_lb_bytes_total{direction=\"in\",lb=\"test\",server=\"" + ONE + "\"}"))
                .isEqualTo(5);

        last.close(CloseReason.REMOVED);

        assertThat(scrape().of(ONE)).isEmpty();
    }

    @Test
    void keepsTheSeriesOfAServerThatLeftDiscoveryUntilItIsForgotten() {
        observe();
        servers.discovers("192.168.1.64:6443", "192.168.1.65:6443");

        servers.discovers("192.168.1.65:6443");
        assertThat(statesOf("192.168.1.64:6443")).containsEntry("removing", 1.0);

        servers.advance(TestPool.FORGET_AFTER);
        servers.pool.forget();
        assertThat(scrape().of("192.168.1.64:6443")).isEmpty();
    }

    @Test
    void goesOnCountingIfAServerComesBackWhileSessionsOfItsFormerRecordLive() {
        observe();
        Lease old = servers.connectedSession(ONE);
        servers.change(new ListChange.Remove(TestPool.address(ONE)));

        servers.change(new ListChange.Add(TestPool.address(ONE), null));
        servers.connectedSession(ONE).close(CloseReason.CLIENT);
        assertThat(scrape().value("apiserver_lb_connections_total" + LABELS)).isEqualTo(2);
        assertThat(scrape().value("apiserver_lb_server_connections" + LABELS)).isEqualTo(1);

        old.close(CloseReason.CLIENT);
        assertThat(scrape().value("apiserver_lb_connections_total" + LABELS)).isEqualTo(2);
    }

    @Test
    void beginsAnewIfAServerComesBackLater() {
        observe();
        servers.connectedSession(ONE).close(CloseReason.CLIENT);
        servers.change(new ListChange.Remove(TestPool.address(ONE)));

        servers.change(new ListChange.Add(TestPool.address(ONE), null));

        assertThat(scrape().value("apiserver_lb_connections_total" + LABELS)).isZero();
        assertThat(byLabel("apiserver_lb_sessions_closed_total", "reason")).containsEntry("client", 0.0);
    }

    @Test
    void goesOnCountingAfterAGarbageCollection() {
        observe();
        WeakReference<Object> garbage = new WeakReference<>(new Object());
        await().until(() -> {
            System.gc();
            return garbage.get() == null;
        });

        servers.connectedSession(ONE).close(CloseReason.CLIENT);

        assertThat(scrape().value("apiserver_lb_connections_total" + LABELS)).isEqualTo(1);
        assertThat(scrape().value("apiserver_lb_session_duration_seconds_count" + LABELS))
                .isEqualTo(1);
        assertThat(scrape().value("apiserver_lb_server_up" + LABELS)).isEqualTo(1);
    }

    @Test
    void countsASessionThatBeginsBeforeTheSeriesOfItsServerAreThere() {
        Queue<Runnable> tasks = new ArrayDeque<>();
        new ServerMetrics(registry, new MetricsSettings("test", false), servers.pool, tasks::add);

        servers.connectedSession(ONE).close(CloseReason.IDLE);
        assertThat(scrape().of(ONE)).isEmpty();
        tasks.forEach(Runnable::run);

        assertThat(scrape().value("apiserver_lb_connect_duration_seconds_count" + LABELS))
                .isEqualTo(1);
        assertThat(byLabel("apiserver_lb_sessions_closed_total", "reason")).containsEntry("idle", 1.0);
    }

    @Test
    void doesNotBringBackASeriesForWhatIsToldAfterTheEnd() {
        Queue<Runnable> tasks = new ArrayDeque<>();
        new ServerMetrics(registry, new MetricsSettings("test", false), servers.pool, tasks::add);
        Lease lease = servers.connectedSession(ONE);

        servers.change(new ListChange.Remove(TestPool.address(ONE)));
        lease.close(CloseReason.REMOVED);
        tasks.forEach(Runnable::run);

        assertThat(scrape().of(ONE)).isEmpty();
    }

    private void observe() {
        new ServerMetrics(registry, new MetricsSettings("test", false), servers.pool, Runnable::run);
    }

    private Scrape scrape() {
        return Scrape.of(registry);
    }

    private Map<String, Double> statesOf(String server) {
        return scrape().series().entrySet().stream()
                .filter(e -> e.getKey().startsWith("apiserver_lb_server_state{"))
                .filter(e -> e.getKey().contains("\"" + server + "\""))
                .collect(Collectors.toMap(e -> label(e.getKey(), "state"), Map.Entry::getValue));
    }

    private Map<String, Double> byLabel(String family, String label) {
        return scrape().series().entrySet().stream()
                .filter(e -> e.getKey().startsWith(family + "{"))
                .filter(e -> e.getKey().contains("\"" + ONE + "\""))
                .collect(Collectors.toMap(e -> label(e.getKey(), label), Map.Entry::getValue));
    }

    private static String label(String series, String label) {
        return series.replaceFirst(".*\\b" + label + "=\"([^\"]*)\".*", "$1");
    }

    private static String transition(String from, String to) {
        return "apiserver_lb_transitions_total{from=\"" + from + "\",lb=\"test\",server=\"" + ONE + "\",to=\"" + to
                + "\"}";
    }
}
