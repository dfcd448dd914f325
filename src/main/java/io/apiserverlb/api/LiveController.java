package io.apiserverlb.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.ExampleObject;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Shows the balancer from moment to moment. */
@RestController
@Tag(name = "balancer", description = "The balancer at a glance")
final class LiveController {
    private static final String STREAM = """
            event: history
            data: {"intervalMs":1000,"samples":[[1795407000123,12.5,1200,56000,3.1,4.8], ...]}

            event: status
            data: {"boot":"mih4x0a2","sample":[1795407001123,9.0,800,43000,3.1,4.8],"summary":{"name":"apiserver", ...},"list":{"serverUrl":null, ...}}

            """;

    private final Live live;
    private final EventStreams streams;

    LiveController(Live live, @Qualifier("liveStreams") EventStreams streams) {
        this.live = live;
        this.streams = streams;
    }

    @GetMapping(path = "/lb/live", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    @Operation(
            operationId = "live",
            summary = "The balancer from second to second",
            description =
                    "First an event history with the samples of the last 15 minutes, oldest first; then each second, and"
                            + " with 100 servers or more each second for every 100 and one more, an event status: the"
                            + " latest sample, what GET /lb would answer, and what GET /lb/servers would. A sample is"
                            + " epoch milliseconds, connections per second, bytes per second from and to clients, and"
                            + " the median and the slowest of the latest checks that passed, in milliseconds; null where"
                            + " there is none. A client that does not keep up misses some.")
    @ApiResponse(
            responseCode = "200",
            description = "The events",
            content =
                    @Content(
                            mediaType = MediaType.TEXT_EVENT_STREAM_VALUE,
                            schema = @Schema(implementation = String.class),
                            examples = @ExampleObject(STREAM)))
    @ApiResponse(
            responseCode = "503",
            description = "Too many clients, in all or with the same address, follow the status")
    @Nullable
    ResponseEntity<?> live(HttpMethod method, HttpServletRequest request, HttpServletResponse response) {
        if (HttpMethod.HEAD.equals(method)) {
            return ResponseEntity.ok().contentType(MediaType.TEXT_EVENT_STREAM).build();
        }
        streams.serve(
                live,
                new EventStream<>(1, EventStream.Lag.SKIPS, EventStreams.HEARTBEAT, Function.identity()),
                request,
                response);
        return null; // all of the answer has been sent
    }
}
