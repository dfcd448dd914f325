package io.apiserverlb.api;

import io.apiserverlb.pool.ServerList;
import io.apiserverlb.pool.ServerPool;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.ExampleObject;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.InstantSource;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.NativeWebRequest;

/** Shows the balancer at a glance. */
@RestController
@Tag(name = "balancer", description = "The balancer at a glance")
final class SummaryController {
    private static final String TABLE = """
            apiserver 1.0.0: mode normal, 1 of 1 servers usable, 12 of 10000 sessions, listening on 127.0.0.1:6444, discovery none
            ADDRESS          ROLE     STATE  USABLE  WEIGHT  SESSIONS  CHECK     TIME   IDENTITY  CERTIFICATE  WARNINGS
            192.0.2.10:6443  primary  up     yes     100     12        L7OK/200  3.1ms  verified  140d         0
            """;

    private final ServerPool pool;
    private final Overview overview;
    private final ServerViews views;
    private final InstantSource clock;

    SummaryController(ServerPool pool, Overview overview, ServerViews views, InstantSource clock) {
        this.pool = pool;
        this.overview = overview;
        this.views = views;
        this.clock = clock;
    }

    @GetMapping(
            path = "/lb",
            produces = {MediaType.APPLICATION_JSON_VALUE, MediaType.TEXT_PLAIN_VALUE})
    @Operation(
            operationId = "summary",
            summary = "The balancer at a glance",
            description = "With Accept: text/plain a table for a terminal.")
    @ApiResponse(
            responseCode = "200",
            description = "The balancer now",
            content = {
                @Content(
                        mediaType = MediaType.APPLICATION_JSON_VALUE,
                        schema = @Schema(implementation = SummaryView.class)),
                @Content(
                        mediaType = MediaType.TEXT_PLAIN_VALUE,
                        schema = @Schema(implementation = String.class),
                        examples = @ExampleObject(TABLE))
            })
    ResponseEntity<?> summary(NativeWebRequest request) throws HttpMediaTypeNotAcceptableException {
        ServerList list = pool.list();
        SummaryView summary = overview.of(list);
        return Accepted.wants(MediaType.TEXT_PLAIN, request)
                ? ResponseEntity.ok().contentType(MediaType.TEXT_PLAIN).body(table(summary, list))
                : ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).body(summary);
    }

    private String table(SummaryView summary, ServerList list) {
        return new StatusTable(clock.instant()).render(summary, views.of(list.servers()));
    }
}
