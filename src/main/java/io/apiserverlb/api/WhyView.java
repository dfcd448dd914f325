package io.apiserverlb.api;

import io.apiserverlb.pool.Admittance;
import io.apiserverlb.pool.Explanation;
import io.apiserverlb.pool.Latency;
import io.apiserverlb.pool.Server;
import io.swagger.v3.oas.annotations.media.Schema;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The answer to {@code GET /lb/why}: which server the next session of a client gets. */
@Schema(name = "Why")
record WhyView(
        @Schema(example = "127.0.0.1") String client,

        Admission admission,

        @Schema(allowableValues = {"least-connections", "round-robin", "random-two", "failover", "source", "latency"})
        String policy,

        @Schema(allowableValues = {"none", "local"}) String prefer,

        @Schema(allowableValues = {"normal", "fallback", "last-resort"})
        String mode,

        @Schema(
                description = "the first candidate; null if there is no server that may be tried",
                example = "192.0.2.10:6443")
        @Nullable
        String choice,

        @Schema(description = "false: chance has a part in it, and this is what is likeliest")
        boolean certain,

        @Schema(description = "what decides between the candidates")
        String because,

        @Schema(description = "in the order in which the session would try them")
        List<Candidate> candidates,

        @Schema(description = "all other servers") List<LeftOut> leftOut) {

    /** What comes before the choice. */
    @Schema(name = "Admission")
    record Admission(
            @Schema(
                    description = "refused: it is reset; waits: it is accepted when there is room again",
                    allowableValues = {"admitted", "waits", "refused"})
            String verdict,

            @Schema(
                    description = "why it is not admitted, by the rules for clients and the limits",
                    example = "it is on lb.clients.deny")
            @Nullable
            String reason) {
        static Admission from(Admittance admittance) {
            return new Admission(Values.text(admittance.verdict()), admittance.reason());
        }
    }

    /** A server that is chosen from. */
    @Schema(name = "Candidate")
    record Candidate(
            @Schema(example = "192.0.2.10:6443") String address,

            @Schema(allowableValues = {"primary", "fallback"})
            String role,

            int weight,

            @Schema(description = "less than weight while it starts slowly")
            double effectiveWeight,

            int sessions,

            @Schema(description = "what least-connections compares: sessions by effective weight")
            double load,

            @Schema(description = "what latency compares: how many of 0.1, 1, 10, 100 ms and 1 s connecting takes")
            @Nullable
            Integer tier,

            @Schema(description = "whether failover stays on it")
            boolean current) {
        static Candidate from(Explanation.Candidate candidate) {
            Server server = candidate.server();
            Latency latency = server.observed().latency();
            int sessions = server.load().active();
            return new Candidate(
                    server.address().toString(),
                    Values.text(server.place().role()),
                    server.setting().weight(),
                    rounded(candidate.weight()),
                    sessions,
                    rounded(sessions / candidate.weight()),
                    latency == null ? null : latency.tier(),
                    candidate.current());
        }

        private static double rounded(double value) {
            return Math.round(value * 1_000) / 1_000.0;
        }
    }

    /** A server that is not chosen from. */
    @Schema(name = "LeftOut")
    record LeftOut(
            @Schema(example = "192.0.2.11:6443") String address,
            @Schema(example = "drain") String state,
            @Schema(example = "being drained") String reason) {
        static LeftOut from(Explanation.LeftOut left) {
            return new LeftOut(
                    left.server().address().toString(),
                    Values.text(left.server().state()),
                    left.reason());
        }
    }

    static WhyView from(InetAddress client, Admittance admittance, Explanation explanation) {
        List<Candidate> candidates =
                explanation.candidates().stream().map(Candidate::from).toList();
        return new WhyView(
                Values.text(client),
                Admission.from(admittance),
                Values.text(explanation.policy()),
                Values.text(explanation.prefer()),
                Values.text(explanation.mode()),
                candidates.isEmpty() ? null : candidates.get(0).address(),
                explanation.certain(),
                explanation.because(),
                candidates,
                explanation.leftOut().stream().map(LeftOut::from).toList());
    }
}
