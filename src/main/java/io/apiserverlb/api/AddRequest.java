package io.apiserverlb.api;

import static java.util.Objects.requireNonNull;

import io.apiserverlb.pool.ListChange;
import io.apiserverlb.pool.ServerAddress;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The body of {@code POST /lb/servers}: one more address for the managed list. */
record AddRequest(
        @Schema(
                type = "string",
                implementation = String.class,
                description = "host:port or [v6]:port, without a port 6443",
                example = "192.0.2.10:6443")
        ServerAddress address,

        @Schema(
                description = "its share of new sessions; without it what is remembered of the address, else 100",
                minimum = "0",
                maximum = "256",
                example = "100")
        @Nullable
        Integer weight) {
    static final Set<String> PROPERTIES = Set.of("address", "weight");

    static AddRequest from(JsonBody body, Function<JsonNode, ServerAddress> reader) {
        ServerAddress address = body.required("address", reader);
        Integer weight = body.optional("weight", Values::weight);
        body.requireNoFaults();
        return new AddRequest(requireNonNull(address), weight);
    }

    ListChange change() {
        return new ListChange.Add(address, weight);
    }
}
