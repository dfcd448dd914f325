package io.apiserverlb.pool;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What checks have seen of a server so far.
 *
 * @param latency by the connections of checks that passed, or null before the first
 * @param readyBefore whether it ever answered 2xx in this process's life
 * @param lastPassed when a check last passed
 */
public record Observed(
        @Nullable CheckResult check,
        @Nullable Certificate certificate,
        @Nullable String kubernetesVersion,
        @Nullable Latency latency,
        boolean readyBefore,
        @Nullable Instant lastPassed) {

    static final Observed NOTHING = new Observed(null, null, null, null, false, null);

    /** What a check's result means for this server, see {@link CheckResult#outcome}. */
    Outcome outcome(CheckReport report) {
        Certificate shown = report.certificate() == null ? certificate : report.certificate();
        return report.result().outcome(hasToAnswer(identity(shown)));
    }

    /** Not one whose certificate is out of date: it is shown no credential, and may well refuse to answer without. */
    private boolean hasToAnswer(Certificate.Identity identity) {
        return readyBefore && identity != Certificate.Identity.OUT_OF_DATE;
    }

    private static Certificate.Identity identity(@Nullable Certificate certificate) {
        return certificate == null ? Certificate.Identity.UNVERIFIED : certificate.identity();
    }

    Observed after(CheckReport report, Outcome outcome) {
        CheckResult result = report.result();
        boolean pass = outcome == Outcome.PASS;
        return new Observed(
                outcome == Outcome.NEUTRAL ? check : result,
                report.certificate() == null ? certificate : report.certificate(),
                report.kubernetesVersion() == null ? kubernetesVersion : report.kubernetesVersion(),
                pass ? latencyAfter(report.connect()) : latency,
                readyBefore || result.code() == CheckResult.Code.L7OK,
                pass ? result.at() : lastPassed);
    }

    private @Nullable Latency latencyAfter(@Nullable Duration connect) {
        if (connect == null) {
            return latency;
        }
        return latency == null ? Latency.first(connect) : latency.after(connect);
    }

    /** Whether it says the same as before, but for when and how fast. */
    boolean confirms(Observed before) {
        return check != null
                && before.check != null
                && check.code() == before.check.code()
                && Objects.equals(certificate, before.certificate)
                && Objects.equals(kubernetesVersion, before.kubernetesVersion)
                && tier(latency) == tier(before.latency)
                && readyBefore == before.readyBefore;
    }

    private static int tier(@Nullable Latency latency) {
        return latency == null ? -1 : latency.tier();
    }

    /** Whether the latest check passed. */
    public boolean passed() {
        return check != null && check.outcome(hasToAnswer(identity())) == Outcome.PASS;
    }

    public Certificate.Identity identity() {
        return identity(certificate);
    }
}
