package io.apiserverlb.api;

import io.apiserverlb.pool.SessionInfo;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** One session as the API shows it. */
@Schema(name = "Connection")
record ConnectionView(
        @Schema(description = "of no other session while this process lives", example = "4711")
        String id,

        @Schema(description = "address and port, or discovery for the balancer's own", example = "127.0.0.1:40662")
        String client,

        @Schema(description = "where the client connected to", example = "127.0.0.1:6444")
        String listener,

        @Schema(description = "null while it is connecting", example = "192.0.2.10:6443") @Nullable
        String server,

        @Schema(
                description = "leaving: to be closed, or given another server, at a time to come",
                allowableValues = {"connecting", "established", "half-closed", "leaving"})
        String state,

        Instant startedAt,
        long ageMs,

        @Schema(description = "since the last byte in either direction, up to 100 more")
        long idleMs,

        @Schema(description = "from the client") long bytesIn,
        @Schema(description = "to the client") long bytesOut,

        @Schema(description = "the client, if it is a process on this host that this one may look into") @Nullable
        ClientProcess process) {

    /** The process at a client's end. */
    @Schema(name = "Process")
    record ClientProcess(
            @Schema(example = "1234") long pid,
            @Schema(example = "kubelet") String command,

            @Schema(description = "of the container that it runs in") @Nullable
            String containerId) {}

    /** @param now the time at which the session was looked at */
    static ConnectionView from(SessionInfo session, Instant now, @Nullable ClientProcess process) {
        return new ConnectionView(
                session.id(),
                client(session),
                Values.text(session.listener()),
                session.server() == null ? null : session.server().toString(),
                Values.text(session.phase()),
                Values.time(now.minus(session.age())),
                session.age().toMillis(),
                session.idle().toMillis(),
                session.bytesIn(),
                session.bytesOut(),
                process);
    }

    static String client(SessionInfo session) {
        return session.caller() == null ? Values.text(session.client()) : session.caller();
    }
}
