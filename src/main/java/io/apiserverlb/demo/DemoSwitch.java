package io.apiserverlb.demo;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.ExampleObject;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import org.springframework.context.annotation.Profile;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/** Breaks and mends the demo's servers over REST. */
@RestController
@Profile("demo")
@RequestMapping(path = "/demo/servers", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "demo", description = "Break and mend the demo's API servers (profile demo only)")
final class DemoSwitch {
    private static final String NO_SUCH_ACTION = """
            {
              "title": "Bad Request",
              "status": 400,
              "detail": "There is no action 'explode'; there are stop, start, freeze, slow, red, green",
              "instance": "/demo/servers/1/explode"
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

    DemoSwitch(DemoCluster cluster) {
        this.cluster = cluster;
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
    @ApiResponse(responseCode = "200", description = "Done; what the server does now")
    @ApiResponse(
            responseCode = "400",
            description = "No such action; the detail lists them",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_PROBLEM_JSON_VALUE,
                            schema = @Schema(implementation = ProblemDetail.class),
                            examples = @ExampleObject(NO_SUCH_ACTION)))
    @ApiResponse(
            responseCode = "404",
            description = "No such server; the detail lists them",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_PROBLEM_JSON_VALUE,
                            schema = @Schema(implementation = ProblemDetail.class),
                            examples = @ExampleObject(NO_SUCH_SERVER)))
    DemoServerState act(
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
                    String name) {
        DemoServer server = server(number);
        DemoAction action = DemoAction.named(name)
                .orElseThrow(() -> new ResponseStatusException(
                        HttpStatus.BAD_REQUEST,
                        "There is no action '" + name + "'; there are " + String.join(", ", DemoAction.names())));
        action.on(server);
        return DemoServerState.from(server);
    }

    @ExceptionHandler
    ProblemDetail problem(ResponseStatusException refused) {
        return refused.getBody();
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
