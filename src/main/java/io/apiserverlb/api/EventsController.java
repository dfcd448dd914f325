package io.apiserverlb.api;

import io.apiserverlb.pool.Event;
import io.apiserverlb.pool.Events;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.ExampleObject;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.ServletWebRequest;
import tools.jackson.databind.json.JsonMapper;

/** Shows what has happened, and what happens. */
@RestController
@Tag(name = "events", description = "What has happened, and who caused it")
final class EventsController {
    private static final String STREAM = """
            id: mih4x0a2-17
            data: {"id":"mih4x0a2-17","at":"2026-11-23T04:10:00.123Z","type":"server-state","severity":"warn", ...}

            """;

    private final Events events;
    private final EventStreams streams;
    private final JsonMapper json;

    EventsController(Events events, @Qualifier("eventStreams") EventStreams streams, JsonMapper json) {
        this.events = events;
        this.streams = streams;
        this.json = json;
    }

    @GetMapping(
            path = "/lb/events",
            produces = {MediaType.APPLICATION_JSON_VALUE, MediaType.TEXT_EVENT_STREAM_VALUE})
    @Operation(
            operationId = "listEvents",
            summary = "The last 1,000 events, the newest last",
            description = "With Accept: text/event-stream each event as it happens, with a comment at least every 15 s,"
                    + " and before that those that have happened since Last-Event-ID: all that are kept, if that is of"
                    + " another run of the process. A client that does not keep up is let go.")
    @ApiResponse(
            responseCode = "200",
            description = "The events",
            content = {
                @Content(
                        mediaType = MediaType.APPLICATION_JSON_VALUE,
                        array = @ArraySchema(schema = @Schema(implementation = EventView.class))),
                @Content(
                        mediaType = MediaType.TEXT_EVENT_STREAM_VALUE,
                        schema = @Schema(implementation = String.class),
                        examples = @ExampleObject(STREAM))
            })
    @ApiResponse(
            responseCode = "503",
            description = "Too many clients, in all or with the same address, follow the events")
    @Nullable
    ResponseEntity<?> events(
            ServletWebRequest request,
            HttpServletResponse response,
            @Parameter(description = "of a stream: the last event that the client knows")
                    @RequestHeader(name = "Last-Event-ID", required = false)
                    @Nullable
                    String lastEventId)
            throws HttpMediaTypeNotAcceptableException {
        if (!Accepted.wants(MediaType.TEXT_EVENT_STREAM, request)) {
            List<EventView> latest =
                    events.latest().stream().map(EventView::from).toList();
            return ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).body(latest);
        }
        if (HttpMethod.HEAD.equals(request.getHttpMethod())) {
            return ResponseEntity.ok().contentType(MediaType.TEXT_EVENT_STREAM).build();
        }
        EventStream<Event> stream =
                new EventStream<>(Events.CAPACITY, EventStream.Lag.ENDS, EventStreams.HEARTBEAT, this::serverSentEvent);
        streams.serve(new RecordedEvents(events, lastEventId), stream, request.getRequest(), response);
        return null; // all of the answer has been sent
    }

    private byte[] serverSentEvent(Event event) {
        return EventStream.bytes(
                "id: " + event.id() + "\ndata: " + json.writeValueAsString(EventView.from(event)) + "\n\n");
    }
}
