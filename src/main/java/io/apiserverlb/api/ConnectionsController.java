package io.apiserverlb.api;

import io.apiserverlb.pool.Event;
import io.apiserverlb.pool.Events;
import io.apiserverlb.pool.InvalidAddressException;
import io.apiserverlb.pool.OneLine;
import io.apiserverlb.pool.Server;
import io.apiserverlb.pool.ServerAddress;
import io.apiserverlb.pool.ServerList;
import io.apiserverlb.pool.ServerPool;
import io.apiserverlb.pool.SessionControl;
import io.apiserverlb.pool.SessionInfo;
import io.apiserverlb.pool.SessionView;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.ExampleObject;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Shows the live sessions, and closes some. */
@RestController
@Tag(name = "connections", description = "The live sessions of clients")
final class ConnectionsController {
    private static final String PATH = "/lb/connections";
    private static final String JSON = MediaType.APPLICATION_JSON_VALUE;
    private static final int MAX_LIMIT = 1_000;
    private static final String DEFAULT_LIMIT = "100";
    /** The kernel's tables of connections are long where there are more sessions: nobody is to wait for them to be read. */
    private static final int MANY_SESSIONS = 1_000;

    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final Duration LITTLE_PATIENCE = Duration.ofMillis(40);

    private final SessionControl control;
    private final SessionView sessions;
    private final ServerPool pool;
    private final Events events;
    private final ClientProcesses processes;
    private final InstantSource clock;

    ConnectionsController(
            SessionControl control,
            SessionView sessions,
            ServerPool pool,
            Events events,
            ClientProcesses processes,
            InstantSource clock) {
        this.control = control;
        this.sessions = sessions;
        this.pool = pool;
        this.events = events;
        this.processes = processes;
        this.clock = clock;
    }

    @GetMapping(path = PATH, produces = JSON)
    @Operation(
            operationId = "listConnections",
            summary = "The newest sessions, the newest first",
            description =
                    "The process of a client on this host is told where this one may look into it; null elsewhere.")
    @ApiResponse(responseCode = "200", description = "The sessions")
    @ApiResponse(responseCode = "422", description = "A parameter is invalid")
    List<ConnectionView> list(
            @Parameter(
                            description = "how many at most",
                            schema =
                                    @Schema(
                                            type = "integer",
                                            minimum = "1",
                                            maximum = "1000",
                                            defaultValue = DEFAULT_LIMIT))
                    @RequestParam(defaultValue = DEFAULT_LIMIT)
                    String limit,
            @Parameter(description = "only those of one server: host:port, without a port 6443")
                    @RequestParam(required = false)
                    @Nullable
                    String server) {
        List<SessionInfo> newest = control.newest(limit(limit), server == null ? null : servers(server));
        Instant now = clock.instant();
        Map<String, ConnectionView.ClientProcess> clients =
                processes.of(newest, sessions.active() > MANY_SESSIONS ? LITTLE_PATIENCE : PATIENCE);
        return newest.stream()
                .map(session -> ConnectionView.from(session, now, clients.get(session.id())))
                .toList();
    }

    private static int limit(String text) {
        boolean number = text.matches("[0-9]{1,9}");
        int limit = number ? Integer.parseInt(text) : 0;
        if (limit < 1 || limit > MAX_LIMIT) {
            throw ProblemException.invalid(
                    "limit must be a whole number between 1 and " + MAX_LIMIT + ", not " + OneLine.quoted(text));
        }
        return limit;
    }

    /** A server that has left the list may have sessions still; a host name stands for all its addresses. */
    private Set<ServerAddress> servers(String text) {
        try {
            ServerAddress given = Values.address(text);
            Set<ServerAddress> servers = new HashSet<>(Set.of(given));
            pool.list().named(given).stream().map(Server::address).forEach(servers::add);
            return servers;
        } catch (InvalidAddressException e) {
            throw ProblemException.invalid("server: " + e.getMessage());
        }
    }

    @DeleteMapping(PATH + "/{id}")
    @Operation(
            operationId = "closeConnection",
            summary = "Close a session",
            description = "The client is told by the end of its connection, and may connect anew.")
    @ApiResponse(responseCode = "204", description = "It is being closed", content = @Content)
    @ApiResponse(
            responseCode = "200",
            description = "With dryRun: what would be closed",
            content = @Content(mediaType = JSON, schema = @Schema(implementation = DryRunView.class)))
    @ApiResponse(responseCode = "404", description = "No such session, or it has ended")
    ResponseEntity<?> close(
            @Parameter(description = "as GET /lb/connections shows it", example = "1") @PathVariable String id,
            HttpServletRequest request) {
        Terms terms = Terms.of(request);
        String tag = tag(terms);
        SessionInfo session = control.find(id).orElseThrow(ConnectionsController::noSuch);
        String change = "the session " + id + " of the client " + ConnectionView.client(session) + " is closed";
        if (terms.dryRun()) {
            return ResponseEntity.ok().eTag(tag).body(new DryRunView(true, List.of(change), 1));
        }
        if (!control.close(id)) {
            throw noSuch();
        }
        record(terms, session.server(), change, Values.text(session.phase()), "closed");
        return ResponseEntity.noContent().eTag(tag).build();
    }

    private static ProblemException noSuch() {
        return new ProblemException(HttpStatus.NOT_FOUND, "there is no session with this id");
    }

    @PostMapping(path = "/lb/rebalance", produces = JSON)
    @Operation(
            operationId = "rebalance",
            summary = "Close sessions of servers that have more than their share",
            description = "For clients that connect anew to come to other servers: as many as are too many by weight,"
                    + " idle ones first, over lb.drain-timeout. Each stays if that is no longer so when its time comes."
                    + " None with the policies failover and source, by which they would come back.")
    @RequestBody(
            content =
                    @Content(
                            mediaType = JSON,
                            schema = @Schema(implementation = RebalanceRequest.class),
                            examples = {
                                @ExampleObject(name = "gently", value = "{\"maxPercent\": 10}"),
                                @ExampleObject(name = "all that is uneven", value = "{\"maxPercent\": 100}")
                            }))
    @ApiResponse(
            responseCode = "202",
            description = "They are being closed",
            content = @Content(mediaType = JSON, schema = @Schema(implementation = RebalanceView.class)))
    @ApiResponse(
            responseCode = "200",
            description = "With dryRun: what would be closed",
            content = @Content(mediaType = JSON, schema = @Schema(implementation = DryRunView.class)))
    ResponseEntity<?> rebalance(HttpServletRequest request) {
        int percent = RebalanceRequest.from(JsonBody.readIfAny(request, RebalanceRequest.PROPERTIES))
                .percent();
        Terms terms = Terms.of(request);
        String tag = tag(terms);
        if (terms.dryRun()) {
            int surplus = control.surplus(percent);
            List<String> changes = surplus == 0 ? List.of() : List.of(change(surplus));
            return ResponseEntity.ok().eTag(tag).body(new DryRunView(true, changes, surplus));
        }
        String before = loads();
        int closing = control.rebalance(percent);
        record(terms, null, change(closing), before, closing + " fewer");
        return ResponseEntity.accepted().eTag(tag).body(new RebalanceView(closing));
    }

    private static String change(int closing) {
        return (closing == 1 ? "1 session is" : closing + " sessions are") + " closed to even out the servers";
    }

    private String loads() {
        List<String> loads = pool.list().servers().stream()
                .map(server -> server.address() + " " + server.load().active())
                .toList();
        return String.join(", ", loads);
    }

    private String tag(Terms terms) {
        ServerList list = pool.list();
        var unused = terms.ifMatch().expected(list.version()); // throws where it is another
        return ServersController.tag(list);
    }

    private void record(
            Terms terms,
            @Nullable ServerAddress server,
            String message,
            @Nullable String before,
            @Nullable String after) {
        events.record(Event.Type.SESSION, Event.Severity.INFO, server, terms.actor(), message, before, after);
    }
}
