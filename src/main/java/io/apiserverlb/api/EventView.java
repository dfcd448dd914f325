package io.apiserverlb.api;

import io.apiserverlb.pool.Event;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** One event as the API shows it. */
@Schema(name = "Event")
record EventView(
        @Schema(description = "the run of the process, and the number of the event in it", example = "mih4x0a2-17")
        String id,

        Instant at,

        @Schema(
                allowableValues = {
                    "server-state",
                    "flapping",
                    "mode",
                    "list",
                    "setting",
                    "certificate",
                    "state-file",
                    "discovery",
                    "listener",
                    "session",
                    "access",
                    "process"
                })
        String type,

        @Schema(allowableValues = {"info", "warn", "error"}) String severity,

        @Schema(description = "the server that it is about", example = "192.0.2.10:6443") @Nullable
        String server,

        @Schema(
                description = "who caused it: a part of the balancer, or rest with who called from where",
                example = "rest token@127.0.0.1")
        String actor,

        String message,

        @Schema(description = "the former value of what changed") @Nullable
        String before,

        @Schema(description = "the new value") @Nullable String after) {

    static EventView from(Event event) {
        return new EventView(
                event.id(),
                Values.time(event.at()),
                Values.text(event.type()),
                Values.text(event.severity()),
                event.server() == null ? null : event.server().toString(),
                event.actor(),
                event.message(),
                event.before(),
                event.after());
    }
}
