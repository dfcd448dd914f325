package io.apiserverlb.api;

import io.apiserverlb.pool.DiscoveryStatus;
import io.apiserverlb.pool.Event;
import io.apiserverlb.pool.Events;
import io.apiserverlb.pool.ServerList;
import io.apiserverlb.pool.ServerPool;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Has the cluster asked for its servers. */
@RestController
@Tag(name = "discovery", description = "Which servers the cluster says it has")
final class DiscoveryController {
    private final Balancer balancer;
    private final ServerPool pool;
    private final Events events;

    DiscoveryController(Balancer balancer, ServerPool pool, Events events) {
        this.balancer = balancer;
        this.pool = pool;
        this.events = events;
    }

    @PostMapping("/lb/discovery/refresh")
    @Operation(
            operationId = "refreshDiscovery",
            summary = "Ask the cluster for its servers now",
            description = "Does not wait for the answer: see discovery in GET /lb, and the list.")
    @ApiResponse(responseCode = "202", description = "It is being asked", content = @Content)
    @ApiResponse(
            responseCode = "200",
            description = "With dryRun: what would change",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON_VALUE,
                            schema = @Schema(implementation = DryRunView.class)))
    @ApiResponse(responseCode = "409", description = "Nobody but the operator names servers: lb.discovery.kind is none")
    ResponseEntity<?> refresh(HttpServletRequest request) {
        Terms terms = Terms.of(request);
        ServerList list = pool.list();
        var unused = terms.ifMatch().expected(list.version()); // throws where it is another
        String tag = ServersController.tag(list);
        if (balancer.discovery().get().kind().equals(DiscoveryStatus.NONE)) {
            throw new ProblemException(HttpStatus.CONFLICT, "lb.discovery.kind is none: there is no cluster to ask");
        }
        if (terms.dryRun()) {
            return ResponseEntity.ok()
                    .eTag(tag)
                    .body(new DryRunView(true, List.of("the cluster is asked for its servers"), 0));
        }
        events.record(Event.Type.DISCOVERY, Event.Severity.INFO, terms.actor(), "the cluster is asked for its servers");
        balancer.refresh().run();
        return ResponseEntity.accepted().eTag(tag).build();
    }
}
