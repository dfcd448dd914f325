package io.apiserverlb.api;

import io.apiserverlb.pool.SeedUrl;
import io.apiserverlb.pool.ServerAddress;
import io.apiserverlb.pool.ServerList;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The answer to {@code GET /lb/servers}: the lists as given, and the servers that follow from them. */
@Schema(name = "ServerList")
record ListView(
        @Schema(description = "the first registration URL, as configured") @Nullable
        String serverUrl,

        @Schema(description = "managed and discovered addresses, host names as given")
        List<String> serverAddresses,

        @Schema(description = "grows with every change of a list, an admin state or a weight")
        long version,

        List<ServerView> servers) {

    static ListView from(ServerList list, List<ServerView> servers) {
        return new ListView(
                list.membership().seeds().stream()
                        .findFirst()
                        .map(SeedUrl::text)
                        .orElse(null),
                list.membership().effective().stream()
                        .map(ServerAddress::toString)
                        .toList(),
                list.version(),
                servers);
    }
}
