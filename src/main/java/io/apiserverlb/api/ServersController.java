package io.apiserverlb.api;

import io.apiserverlb.pool.Changed;
import io.apiserverlb.pool.ListChange;
import io.apiserverlb.pool.ServerAddress;
import io.apiserverlb.pool.ServerList;
import io.apiserverlb.pool.ServerPool;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.headers.Header;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.ExampleObject;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.util.UriUtils;
import tools.jackson.databind.JsonNode;

/** Shows and changes the list of servers. */
@RestController
@RequestMapping(ServersController.PATH)
@Tag(name = "servers", description = "The API servers that sessions go to")
final class ServersController {
    /** The example of a whole list. */
    static final String WHOLE_LIST = "a list";

    static final String PATH = "/lb/servers";
    private static final String JSON = MediaType.APPLICATION_JSON_VALUE;

    private final ServerPool pool;
    private final ServerViews views;

    ServersController(ServerPool pool, ServerViews views) {
        this.pool = pool;
        this.views = views;
    }

    // The entity tag goes into the servlet's response: with one in a ResponseEntity Spring answers 304.
    @GetMapping(produces = JSON)
    @Operation(operationId = "listServers", summary = "All servers")
    @ApiResponse(responseCode = "200", description = "The lists as given, and the servers that follow from them")
    ListView list(HttpServletResponse response) {
        ServerList list = pool.list();
        response.setHeader(HttpHeaders.ETAG, tag(list));
        return views.of(list);
    }

    @GetMapping(path = "/{address}", produces = JSON)
    @Operation(
            operationId = "getServer",
            summary = "One server",
            description = "By a host name of the list: the first server that the name stands for.")
    @ApiResponse(responseCode = "200", description = "The server")
    @ApiResponse(responseCode = "400", description = "The path holds no address")
    @ApiResponse(responseCode = "404", description = "No such server")
    ServerView get(@Address @PathVariable String address, HttpServletResponse response) {
        ServerList list = pool.list();
        ServerAddress wanted = Values.address(address);
        ServerView server = first(list, wanted);
        if (server == null) {
            throw new ProblemException(HttpStatus.NOT_FOUND, "there is no server " + wanted);
        }
        response.setHeader(HttpHeaders.ETAG, tag(list));
        return server;
    }

    @PutMapping(produces = JSON)
    @Operation(
            operationId = "replaceServers",
            summary = "Replace the managed list",
            description = "Discovered servers stay; sessions of servers that go are drained.")
    @RequestBody(
            required = true,
            content =
                    @Content(
                            mediaType = JSON,
                            schema = @Schema(implementation = ReplaceRequest.class),
                            examples = {
                                @ExampleObject(
                                        name = WHOLE_LIST,
                                        value = "{\"serverAddresses\": [\"192.0.2.10:6443\", \"192.0.2.11:6443\"]}"),
                                @ExampleObject(name = "none", value = "{\"serverAddresses\": []}")
                            }))
    @ApiResponse(
            responseCode = "200",
            description = "The list as it is now; with dryRun what would change",
            content = @Content(mediaType = JSON, schema = @Schema(oneOf = {ListView.class, DryRunView.class})))
    ResponseEntity<?> replace(HttpServletRequest request) {
        JsonBody body = JsonBody.read(request, ReplaceRequest.PROPERTIES);
        ListChange change = ReplaceRequest.from(body, this::newAddress).change();
        return apply(change, request, list -> ok(list).body(views.of(list)));
    }

    @PostMapping(produces = JSON)
    @Operation(
            operationId = "addServer",
            summary = "Add a server to the managed list",
            description = "A discovered one becomes managed as well. A host name stands for all its addresses.")
    @RequestBody(
            required = true,
            content =
                    @Content(
                            mediaType = JSON,
                            schema = @Schema(implementation = AddRequest.class),
                            examples = {
                                @ExampleObject(
                                        name = "with a weight",
                                        value = "{\"address\": \"192.0.2.10:6443\", \"weight\": 100}"),
                                @ExampleObject(name = "IPv6", value = "{\"address\": \"[2001:db8::10]:6443\"}"),
                                @ExampleObject(name = "by name", value = "{\"address\": \"api.example.com\"}")
                            }))
    @ApiResponse(
            responseCode = "201",
            description = "The server; of a host name's servers the first",
            headers = @Header(name = "Location", description = "its path", schema = @Schema(type = "string")),
            content = @Content(mediaType = JSON, schema = @Schema(implementation = ServerView.class)))
    @ApiResponse(
            responseCode = "200",
            description = "With dryRun: what would change",
            content = @Content(mediaType = JSON, schema = @Schema(implementation = DryRunView.class)))
    @ApiResponse(responseCode = "409", description = "It is on the managed list already")
    ResponseEntity<?> add(HttpServletRequest request) {
        AddRequest add = AddRequest.from(JsonBody.read(request, AddRequest.PROPERTIES), this::newAddress);
        return apply(
                add.change(),
                request,
                list -> ResponseEntity.created(path(add.address()))
                        .eTag(tag(list))
                        .body(first(list, add.address())));
    }

    @PatchMapping(path = "/{address}", produces = JSON)
    @Operation(
            operationId = "patchServer",
            summary = "Drain a server, take it into maintenance or back, set its weight",
            description = "By a host name of the list: all servers that the name stands for; the answer is the first.")
    @RequestBody(
            required = true,
            content =
                    @Content(
                            mediaType = JSON,
                            schema = @Schema(implementation = PatchRequest.class),
                            examples = {
                                @ExampleObject(name = "no new sessions", value = "{\"admin\": \"drain\"}"),
                                @ExampleObject(name = "back again", value = "{\"admin\": \"ready\"}"),
                                @ExampleObject(name = "half as many sessions", value = "{\"weight\": 50}")
                            }))
    @ApiResponse(
            responseCode = "200",
            description = "The server as it is now; with dryRun what would change",
            content = @Content(mediaType = JSON, schema = @Schema(oneOf = {ServerView.class, DryRunView.class})))
    @ApiResponse(responseCode = "404", description = "No such server")
    ResponseEntity<?> patch(@Address @PathVariable String address, HttpServletRequest request) {
        ServerAddress which = Values.address(address);
        PatchRequest patch = PatchRequest.from(JsonBody.read(request, PatchRequest.PROPERTIES));
        return apply(patch.change(which), request, list -> ok(list).body(first(list, which)));
    }

    @DeleteMapping("/{address}")
    @Operation(
            operationId = "removeServer",
            summary = "Take a server off the managed list",
            description = "One that is discovered as well stays; to send it no sessions, drain it.")
    @ApiResponse(responseCode = "204", description = "Done", content = @Content)
    @ApiResponse(
            responseCode = "200",
            description = "With dryRun: what would change",
            content = @Content(mediaType = JSON, schema = @Schema(implementation = DryRunView.class)))
    @ApiResponse(responseCode = "404", description = "No such server")
    @ApiResponse(responseCode = "409", description = "It is not on the managed list, but discovered or a seed")
    ResponseEntity<?> remove(@Address @PathVariable String address, HttpServletRequest request) {
        ListChange change = new ListChange.Remove(Values.address(address));
        return apply(
                change,
                request,
                list -> ResponseEntity.noContent().eTag(tag(list)).build());
    }

    private ResponseEntity<?> apply(
            ListChange change, HttpServletRequest request, Function<ServerList, ResponseEntity<?>> answer) {
        Terms terms = Terms.of(request);
        ServerList before = pool.list();
        OptionalLong version = terms.ifMatch().expected(before.version());
        if (terms.dryRun()) {
            return ok(before).body(DryRunView.from(pool.preview(change, version)));
        }
        Changed changed = pool.change(change, version, terms.actor());
        return answer.apply(changed.list());
    }

    private ServerAddress newAddress(JsonNode node) {
        ServerAddress address = Values.address(node);
        if (pool.isSelf(address)) {
            throw new IllegalArgumentException(address + " is this balancer itself, which is no server");
        }
        return address;
    }

    private static URI path(ServerAddress address) {
        return URI.create(PATH + "/" + UriUtils.encodePathSegment(address.toString(), StandardCharsets.UTF_8));
    }

    private static ResponseEntity.BodyBuilder ok(ServerList list) {
        return ResponseEntity.ok().eTag(tag(list));
    }

    /** The entity tag of a list: its version. */
    static String tag(ServerList list) {
        return "\"" + list.version() + "\"";
    }

    /** The server with an address; of a host name's servers the first. */
    private @Nullable ServerView first(ServerList list, ServerAddress address) {
        List<ServerView> servers =
                views.of(list.named(address).stream().limit(1).toList());
        return servers.isEmpty() ? null : servers.get(0);
    }

    /** A server's address in a path. */
    @Target(ElementType.PARAMETER)
    @Retention(RetentionPolicy.RUNTIME)
    @Parameter(
            description = "host:port, without a port 6443; the brackets of an IPv6 address percent-encoded",
            example = "192.0.2.10:6443")
    private @interface Address {}
}
