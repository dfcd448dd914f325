package io.apiserverlb.api;

import io.apiserverlb.pool.AdminState;
import io.apiserverlb.pool.ListChange;
import io.apiserverlb.pool.ServerAddress;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The body of {@code PATCH /lb/servers/{address}}: what shall change for one server. */
record PatchRequest(
        @Schema(
                type = "string",
                implementation = String.class,
                description = "drain: no new sessions; maint: no checks either",
                allowableValues = {"ready", "drain", "maint"},
                example = "drain")
        @Nullable
        AdminState admin,

        @Schema(description = "its share of new sessions; 0: none", minimum = "0", maximum = "256", example = "50")
        @Nullable
        Integer weight) {
    static final Set<String> PROPERTIES = Set.of("admin", "weight");

    static PatchRequest from(JsonBody body) {
        AdminState admin = body.optional("admin", Values::admin);
        Integer weight = body.optional("weight", Values::weight);
        body.requireAnyOf(PROPERTIES);
        body.requireNoFaults();
        return new PatchRequest(admin, weight);
    }

    ListChange change(ServerAddress address) {
        return new ListChange.Patch(address, admin, weight);
    }
}
