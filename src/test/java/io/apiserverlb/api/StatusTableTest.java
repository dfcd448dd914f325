package io.apiserverlb.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class StatusTableTest {
    private static final Instant NOW = Instant.parse("2026-11-23T04:10:00Z");

    private final StatusTable table = new StatusTable(NOW);

    private static SummaryView summary(String name, @Nullable String error) {
        return new SummaryView(
                name,
                "normal",
                List.of("127.0.0.1:6444", "[::1]:6444"),
                "1.2.3",
                new SummaryView.ServerCounts(2, 1),
                new SummaryView.SessionCounts(12, 10_000),
                new SummaryView.Discovery("k3s", null, error));
    }

    private static ServerView server(
            String address, ServerView.@Nullable CheckView check, ServerView.@Nullable CertificateView certificate) {
        return new ServerView(
                address,
                null,
                "primary",
                List.of("managed"),
                "ready",
                check == null ? "unchecked" : "up",
                check != null,
                null,
                100,
                new ServerView.HealthView(2, 3, 4, NOW),
                check,
                certificate,
                null,
                new ServerView.ConnectionCounts(12, 512, 1, 1234, 5678),
                certificate == null ? List.of() : List.of("the certificate expires"));
    }

    private static ServerView.CheckView check(@Nullable Integer status) {
        return new ServerView.CheckView("https", status == null ? "L4CON" : "L7OK", status, "ok", 3.1, null, NOW);
    }

    private static ServerView.CertificateView certificate(String notAfter) {
        return new ServerView.CertificateView(
                true, "verified", null, NOW, Instant.parse(notAfter), "CN=k3s", List.of());
    }

    @Test
    void hasALineForEachServer() {
        String text = table.render(
                summary("apiserver", null),
                List.of(
                        server("192.168.1.229:6443", check(200), certificate("2027-04-12T13:14:52Z")),
                        server("[2001:db8::1]:6443", null, null)));

        assertThat(text).isEqualTo("""
                        apiserver 1.2.3: mode normal, 1 of 2 servers usable, 12 of 10000 sessions, listening on 127.0.0.1:6444 [::1]:6444, discovery k3s
                        ADDRESS             ROLE     STATE      USABLE  WEIGHT  SESSIONS  CHECK     TIME   IDENTITY  CERTIFICATE  WARNINGS
                        192.168.1.229:6443  primary  up         yes     100     12        L7OK/200  3.1ms  verified  140d         1
                        [2001:db8::1]:6443  primary  unchecked  no      100     12        -         -      -         -            0
                        """);
    }

    @Test
    void leavesOutTheStatusOfAnAnswerThatThereWasNot() {
        assertThat(table.render(summary("apiserver", null), List.of(server("a:1", check(null), null))))
                .contains("  L4CON  3.1ms  ");
    }

    @Test
    void countsTheDaysSinceACertificateEnded() {
        String text = table.render(
                summary("apiserver", null),
                List.of(
                        server("a:1", null, certificate("2026-11-23T04:09:59Z")),
                        server("b:1", null, certificate("2026-11-23T04:10:01Z"))));

        assertThat(text).containsPattern("a:1 .* -1d  +1\n").containsPattern("b:1 .* 0d  +1\n");
    }

    @Test
    void staysOneLineOfAsciiWhateverIsInIt() {
        String text = table.render(summary("nürnberg", "no\nroute\u001b[31m"), List.of());

        assertThat(text).startsWith("n?rnberg 1.2.3: ").contains("discovery k3s failing: no?route?[31m\n");
        assertThat(text.lines()).hasSize(2);
    }
}
