package io.apiserverlb.api;

import io.apiserverlb.pool.ListChange;
import io.apiserverlb.pool.Membership;
import io.apiserverlb.pool.ServerAddress;
import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/** The body of {@code PUT /lb/servers}: the managed list as it shall be. */
record ReplaceRequest(
        @ArraySchema(
                schema = @Schema(type = "string", implementation = String.class, example = "192.0.2.10:6443"),
                arraySchema = @Schema(description = "the managed list; host:port or [v6]:port, without a port 6443"),
                maxItems = Membership.MOST_ADDRESSES)
        List<ServerAddress> serverAddresses) {
    static final Set<String> PROPERTIES = Set.of("serverAddresses");

    static ReplaceRequest from(JsonBody body, Function<JsonNode, ServerAddress> address) {
        List<ServerAddress> addresses = body.elements("serverAddresses", Membership.MOST_ADDRESSES, address);
        body.requireNoFaults();
        return new ReplaceRequest(addresses);
    }

    ListChange change() {
        return new ListChange.Replace(serverAddresses);
    }
}
