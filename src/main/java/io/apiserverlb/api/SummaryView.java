package io.apiserverlb.api;

import io.apiserverlb.pool.DiscoveryStatus;
import io.apiserverlb.pool.ServerList;
import io.apiserverlb.pool.SessionView;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The answer to {@code GET /lb}. */
@Schema(name = "Summary")
record SummaryView(
        String name,

        @Schema(allowableValues = {"normal", "fallback", "last-resort"})
        String mode,

        @Schema(description = "where clients can connect, with real ports")
        List<String> listeners,

        @Schema(description = "of the product") String version,
        ServerCounts servers,
        SessionCounts connections,
        Discovery discovery) {

    @Schema(name = "ServerCounts")
    record ServerCounts(int total, int usable) {}

    @Schema(name = "SessionCounts")
    record SessionCounts(int active, int limit) {}

    @Schema(name = "Discovery")
    record Discovery(
            @Schema(allowableValues = {"none", "kubernetes", "k3s"})
            String kind,

            @Nullable Instant lastSuccess,

            @Schema(description = "why the latest attempt failed") @Nullable
            String error) {
        static Discovery from(DiscoveryStatus status) {
            Instant success = status.lastSuccess();
            return new Discovery(status.kind(), success == null ? null : Values.time(success), status.error());
        }
    }

    static SummaryView from(Balancer balancer, String version, ServerList list, SessionView sessions) {
        return new SummaryView(
                balancer.name(),
                Values.text(list.mode()),
                sessions.listeners().stream().map(Values::text).toList(),
                version,
                new ServerCounts(list.servers().size(), list.usable()),
                new SessionCounts(sessions.active(), sessions.limit()),
                Discovery.from(balancer.discovery().get()));
    }
}
