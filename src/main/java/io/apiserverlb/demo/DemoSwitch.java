package io.apiserverlb.demo;

import io.apiserverlb.demo.DemoServer.Mode;
import io.apiserverlb.pool.Event;
import io.apiserverlb.pool.Events;
import io.apiserverlb.pool.ServerAddress;
import io.apiserverlb.pool.ServerPool;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.ExampleObject;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.security.Principal;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Profile;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/** Breaks and mends the demo's servers over REST. */
@RestController
@Profile("demo")
@RequestMapping(path = "/demo/servers", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "demo", description = "Break and mend the demo's API servers (profile demo only)")
final class DemoSwitch {
    private static final String DRY_RUN = "dryRun";
    private static final String NO_SUCH_ACTION = """
            {
              "title": "Bad Request",
              "status": 400,
              "detail": "There is no action 'explode'; there are stop, start, freeze, slow, red, green",
              "instance": "/demo/servers/1/explode",
              "errors": [
                {
                  "pointer": "",
                  "detail": "There is no action 'explode'; there are stop, start, freeze, slow, red, green"
                }
              ]
            }
            """;
    private static final String NO_DRY_RUN = """
            {
              "title": "Bad Request",
              "status": 400,
              "detail": "dryRun must be true or false, not 'yes'",
              "instance": "/demo/servers/1/stop",
              "errors": [
                {
                  "pointer": "",
                  "detail": "dryRun must be true or false, not 'yes'"
                }
              ]
            }
            """;
    private static final String NO_SUCH_SERVER = """
            {
              "title": "Not Found",
              "status": 404,
              "detail": "There is no demo server '4'; there are 1, 2, 3",
              "instance": "/demo/servers/4/stop"
            }
            """;

    private final DemoCluster cluster;
    private final ServerPool pool;
    private final Events events;

    DemoSwitch(DemoCluster cluster, ServerPool pool, Events events) {
        this.cluster = cluster;
        this.pool = pool;
        this.events = events;
    }

    @GetMapping
    @Operation(operationId = "listDemoServers", summary = "The demo's API servers and what they do at present")
    List<DemoServerState> list() {
        return cluster.servers().stream().map(DemoServerState::from).toList();
    }

    @PostMapping("/{server}/{action}")
    @Operation(
            operationId = "switchDemoServer",
            summary = "Break or mend one server",
            description = "stop: refuses and resets connections. freeze: the kernel accepts, nothing is answered. "
                    + "slow: answers take a second. red: /readyz is 500. green: all is well again. "
                    + "start: runs a stopped server, and leaves any other as it is. All but start work from any state.")
    @ApiResponse(
            responseCode = "200",
            description = "Done, and what the server does now; with dryRun what would change",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON_VALUE,
                            schema = @Schema(oneOf = {DemoServerState.class, DemoDryRun.class})))
    @ApiResponse(
            responseCode = "400",
            description = "No such action, the detail lists them; or another parameter than dryRun",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_PROBLEM_JSON_VALUE,
                            schema = @Schema(implementation = ProblemDetail.class),
                            examples = {
                                @ExampleObject(name = "no such action", value = NO_SUCH_ACTION),
                                @ExampleObject(name = "no such dry run", value = NO_DRY_RUN)
                            }))
    @ApiResponse(
            responseCode = "404",
            description = "No such server; the detail lists them",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_PROBLEM_JSON_VALUE,
                            schema = @Schema(implementation = ProblemDetail.class),
                            examples = @ExampleObject(NO_SUCH_SERVER)))
    Record act(
            @Parameter(
                            description = "the server's number",
                            example = "1",
                            schema = @Schema(allowableValues = {"1", "2", "3"}))
                    @PathVariable("server")
                    String number,
            @Parameter(
                            description = "what to do to it",
                            example = "freeze",
                            schema = @Schema(allowableValues = {"stop", "start", "freeze", "slow", "red", "green"}))
                    @PathVariable("action")
                    String name,
            @Parameter(
                            description = "true: only tell what the action would do",
                            schema = @Schema(type = "boolean", defaultValue = "false"))
                    @RequestParam(name = DRY_RUN, required = false)
                    @Nullable
                    String dryRun,
            HttpServletRequest request) {
        DemoServer server = server(number);
        DemoAction action = DemoAction.named(name)
                .orElseThrow(() -> badRequest(
                        "There is no action '" + name + "'; there are " + String.join(", ", DemoAction.names())));
        boolean tryOnly = isDryRun(dryRun, request.getParameterMap().keySet());
        ServerAddress address = ServerAddress.parse(server.address(), server.port());
        Mode before = server.mode();
        Mode after = action.after(before);
        if (tryOnly) {
            return dryRun(server, address, before, after);
        }
        action.on(server);
        events.record(
                Event.Type.SETTING,
                Event.Severity.INFO,
                address,
                actor(request),
                "the demo server " + number + " was told to " + name,
                DemoServerState.text(before),
                DemoServerState.text(after));
        return DemoServerState.from(server);
    }

    /** Strict, since a misspelt {@code dryRun} would do what it was to try. */
    private static boolean isDryRun(@Nullable String value, Set<String> parameters) {
        for (String name : parameters) {
            if (!name.equals(DRY_RUN)) {
                throw badRequest("There is no parameter '" + name + "' here, only " + DRY_RUN);
            }
        }
        if (value != null && !value.equals("true") && !value.equals("false")) {
            throw badRequest(DRY_RUN + " must be true or false, not '" + value + "'");
        }
        return "true".equals(value);
    }

    private static ResponseStatusException badRequest(String detail) {
        return new ResponseStatusException(HttpStatus.BAD_REQUEST, detail);
    }

    private DemoDryRun dryRun(DemoServer server, ServerAddress address, Mode before, Mode after) {
        if (before == after) {
            return new DemoDryRun(true, List.of(), 0);
        }
        String change = "the demo server " + server.number() + ", now " + DemoServerState.text(before) + ", is "
                + DemoServerState.text(after);
        int reset = after == Mode.STOPPED
                ? pool.list().find(address).map(known -> known.load().active()).orElse(0)
                : 0;
        return new DemoDryRun(true, List.of(change), reset);
    }

    private static String actor(HttpServletRequest request) {
        Principal caller = request.getUserPrincipal();
        return caller == null ? "rest" : caller.getName();
    }

    @ExceptionHandler
    ProblemDetail problem(ResponseStatusException refused) {
        ProblemDetail problem = refused.getBody();
        if (problem.getStatus() == HttpStatus.BAD_REQUEST.value()) {
            String detail = Objects.requireNonNull(problem.getDetail());
            problem.setProperty("errors", List.of(Map.of("pointer", "", "detail", detail)));
        }
        return problem;
    }

    private DemoServer server(String number) {
        List<DemoServer> servers = cluster.servers();
        List<String> numbers =
                servers.stream().map(server -> String.valueOf(server.number())).toList();
        int index = numbers.indexOf(number);
        if (index < 0) {
            throw new ResponseStatusException(
                    HttpStatus.NOT_FOUND,
                    "There is no demo server '" + number + "'; there are " + String.join(", ", numbers));
        }
        return servers.get(index);
    }
}
