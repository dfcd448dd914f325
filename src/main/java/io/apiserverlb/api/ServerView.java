package io.apiserverlb.api;

import io.apiserverlb.pool.Certificate;
import io.apiserverlb.pool.CheckResult;
import io.apiserverlb.pool.Latency;
import io.apiserverlb.pool.Load;
import io.apiserverlb.pool.Server;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One server as the API shows it. */
@Schema(name = "Server")
record ServerView(
        String address,

        @Schema(description = "the name in the list that resolved to this server") @Nullable
        String hostname,

        @Schema(allowableValues = {"primary", "fallback"}) String role,
        List<String> origins,

        @Schema(allowableValues = {"ready", "drain", "maint"})
        String admin,

        @Schema(
                allowableValues = {
                    "removing",
                    "maint",
                    "drain",
                    "unchecked",
                    "up",
                    "going-down",
                    "stopping",
                    "down",
                    "going-up"
                })
        String state,

        @Schema(description = "whether new sessions go to it")
        boolean usable,

        @Schema(description = "why it is not usable") @Nullable
        String reason,

        int weight,
        HealthView health,
        @Nullable CheckView check,
        @Nullable CertificateView certificate,
        @Nullable String kubernetesVersion,
        ConnectionCounts connections,

        @Schema(
                description = "what an operator has to know of its certificate; empty if there is nothing",
                example = "[\"the certificate expires at 2026-12-01T00:00:00Z\"]")
        List<String> warnings) {

    /**
     * The check's counter.
     *
     * @param credit up if at least {@code rise}
     * @param since when the state last changed
     */
    @Schema(name = "Health")
    record HealthView(
            @Schema(
                    description =
                            "consecutive passes that bring it up; more than configured while it goes up and down too often")
            int rise,

            int fall,

            @Schema(description = "0 to rise + fall - 1; up if at least rise")
            int credit,

            @Schema(description = "when the state last changed")
            Instant since) {}

    /** The latest check. */
    @Schema(name = "Check")
    record CheckView(
            @Schema(allowableValues = {"tcp", "tls", "https"})
            String type,

            @Schema(description = "HAProxy's check status", example = "L7OK")
            String result,

            @Schema(description = "the HTTP status") @Nullable
            Integer code,

            String detail,
            @Schema(example = "3.1") double durationMs,

            @Schema(
                    description = "how long connecting takes: the least of the last three connections of passed checks",
                    example = "0.42")
            @Nullable
            Double connectMs,

            Instant at) {
        private static final double NANOS_PER_MILLI = Duration.ofMillis(1).toNanos();

        static CheckView from(CheckResult result, @Nullable Latency latency) {
            return new CheckView(
                    Values.text(result.type()),
                    result.code().name(),
                    result.status(),
                    result.detail(),
                    millis(result.duration(), 10),
                    latency == null ? null : millis(latency.connect(), 1_000),
                    Values.time(result.at()));
        }

        /** @param parts of a millisecond to round to */
        private static double millis(Duration duration, int parts) {
            return Math.round(duration.toNanos() * parts / NANOS_PER_MILLI) / (double) parts;
        }
    }

    /** The certificate that the latest check saw. */
    @Schema(name = "Certificate")
    record CertificateView(
            boolean verified,

            @Schema(allowableValues = {"unverified", "verified", "out-of-date", "refused"})
            String identity,

            @Schema(description = "why it is not verified") @Nullable
            String reason,

            Instant notBefore,
            Instant notAfter,
            @Schema(example = "CN=k3s") String subject,
            List<String> names) {
        static CertificateView from(Certificate certificate) {
            return new CertificateView(
                    certificate.identity() == Certificate.Identity.VERIFIED,
                    Values.text(certificate.identity()),
                    certificate.reason(),
                    Values.time(certificate.notBefore()),
                    Values.time(certificate.notAfter()),
                    certificate.subject(),
                    certificate.names());
        }
    }

    /** Sessions and bytes so far; {@code in} is from the clients. */
    @Schema(name = "ConnectionCounts")
    record ConnectionCounts(int active, long total, long failed, long bytesIn, long bytesOut) {
        static ConnectionCounts from(Load load) {
            return new ConnectionCounts(load.active(), load.total(), load.failed(), load.bytesIn(), load.bytesOut());
        }
    }

    /** @param warnings about its certificate */
    static ServerView from(Server server, List<String> warnings) {
        CheckResult check = server.observed().check();
        Certificate certificate = server.observed().certificate();
        return new ServerView(
                server.address().toString(),
                server.place().hostname(),
                Values.text(server.place().role()),
                server.place().origins().stream().sorted().map(Values::text).toList(),
                Values.text(server.setting().admin()),
                Values.text(server.state()),
                server.usable(),
                server.usable() ? null : server.reason(),
                server.setting().weight(),
                health(server),
                check == null ? null : CheckView.from(check, server.observed().latency()),
                certificate == null ? null : CertificateView.from(certificate),
                server.observed().kubernetesVersion(),
                ConnectionCounts.from(server.load()),
                warnings);
    }

    private static HealthView health(Server server) {
        return new HealthView(
                server.health().thresholds().rise(),
                server.health().thresholds().fall(),
                server.health().effectiveCredit(),
                Values.time(server.since()));
    }
}
