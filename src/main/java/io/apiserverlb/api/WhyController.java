package io.apiserverlb.api;

import io.apiserverlb.pool.ServerPool;
import io.apiserverlb.pool.SessionView;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Explains choices. */
@RestController
@Tag(name = "balancer", description = "The balancer at a glance")
final class WhyController {
    private final ServerPool pool;
    private final SessionView sessions;

    WhyController(ServerPool pool, SessionView sessions) {
        this.pool = pool;
        this.sessions = sessions;
    }

    @GetMapping(path = "/lb/why", produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "why",
            summary = "Which server a client's next session gets, and why",
            description =
                    "Changes nothing: the next session gets what it would have got. A client that is refused, or has to"
                            + " wait, is told what it would get otherwise.")
    @ApiResponse(responseCode = "200", description = "The choice as it would be now")
    @ApiResponse(responseCode = "422", description = "The client's address is none")
    WhyView why(
            @Parameter(description = "the client's IP address; without it the caller's", example = "127.0.0.1")
                    @RequestParam(required = false)
                    @Nullable
                    String client,
            HttpServletRequest request) {
        InetAddress address = client == null ? Values.caller(request.getRemoteAddr()) : ip(client);
        return WhyView.from(address, sessions.admittance(address), pool.explain(address));
    }

    private static InetAddress ip(String text) {
        try {
            return Values.ip(text);
        } catch (IllegalArgumentException e) {
            throw ProblemException.invalid("client: " + e.getMessage());
        }
    }
}
