package io.apiserverlb.api;

import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.parameters.Parameter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.http.HttpStatus;

/** What callers get to read when a call fails: an example of each problem, in the words in which it is answered. */
final class ProblemExamples {
    /** One problem; the path is the call's own unless it is said here. */
    private record Example(String path, String pointer, String detail) {
        static Example of(String detail) {
            return new Example("", "", detail);
        }
    }

    private static final Example NO_SUCH_SERVER =
            new Example("/lb/servers/192.0.2.99:6443", "", "there is no server 192.0.2.99:6443");
    private static final Example NO_WEIGHT =
            new Example("", "/weight", "a weight is a whole number between 0 and 256, not 300");

    /** Those that are the same whatever is called. */
    private static final Map<String, Example> COMMON = Map.of(
            "400", Example.of("dryRun must be true or false, not 'yes'"),
            "401", Example.of("this needs the bearer token"),
            "403", Example.of("the Sec-Fetch-Site header names another site: cross-site"),
            "412", Example.of("the list is at version 7, which If-Match does not name"),
            "413", Example.of("the body is longer than 1048576 bytes"),
            "415", Example.of("a body must be JSON, with Content-Type: application/json"));

    /** By the operation and the status. */
    private static final Map<String, Example> OWN = Map.ofEntries(
            Map.entry(
                    "getServer 400",
                    new Example(
                            "/lb/servers/192.0.2.99:x",
                            "",
                            "'192.0.2.99:x' is not host:port with a port between 1 and 65535")),
            Map.entry("getServer 404", NO_SUCH_SERVER),
            Map.entry("patchServer 404", NO_SUCH_SERVER),
            Map.entry("removeServer 404", NO_SUCH_SERVER),
            Map.entry("addServer 409", Example.of("192.0.2.10:6443 is on the managed list already")),
            Map.entry(
                    "removeServer 409",
                    new Example(
                            "/lb/servers/192.0.2.20:6443",
                            "",
                            "192.0.2.20:6443 is not on the managed list; to send it no sessions, drain it")),
            Map.entry(
                    "replaceServers 422",
                    new Example("", "/serverAddresses/0", "'10.0.0.256' is neither an IP address nor a host name")),
            Map.entry("addServer 422", NO_WEIGHT),
            Map.entry("patchServer 422", NO_WEIGHT),
            Map.entry("refreshDiscovery 409", Example.of("lb.discovery.kind is none: there is no cluster to ask")),
            Map.entry("listConnections 422", Example.of("limit must be a whole number between 1 and 1000, not '0'")),
            Map.entry("closeConnection 404", new Example("/lb/connections/99", "", "there is no session with this id")),
            Map.entry(
                    "rebalance 422",
                    new Example("", "/maxPercent", "a percentage is a whole number between 1 and 100, not 0")),
            Map.entry("listEvents 503", Example.of("16 clients follow the events, and no more can")),
            Map.entry("live 503", Example.of("16 clients follow the status, and no more can")),
            Map.entry("why 422", Example.of("client: 'localhost' is no IP address")),
            Map.entry("kubeconfig 503", Example.of("the balancer listens on no address")));

    private ProblemExamples() {}

    /** The body of a problem. */
    static Map<String, Object> of(String path, Operation operation, String status) {
        Example example = OWN.getOrDefault(operation.getOperationId() + " " + status, COMMON.get(status));
        if (example == null) {
            throw new IllegalStateException("there is no example of " + status + " at " + path);
        }
        String instance = example.path().isEmpty() ? filled(path, operation) : example.path();
        int code = Integer.parseInt(status);
        List<Problem.Fault> faults = example.pointer().isEmpty()
                ? List.of()
                : List.of(new Problem.Fault(example.pointer(), example.detail()));
        HttpStatus known = HttpStatus.valueOf(code);
        return body(
                faults.isEmpty()
                        ? Problem.of(known, example.detail(), instance)
                        : Problem.of(known, example.detail(), instance, faults));
    }

    /** The path with the examples of its parameters. */
    private static String filled(String path, Operation operation) {
        String filled = path;
        for (Parameter parameter :
                operation.getParameters() == null ? List.<Parameter>of() : operation.getParameters()) {
            filled = filled.replace("{" + parameter.getName() + "}", String.valueOf(parameter.getExample()));
        }
        return filled;
    }

    private static Map<String, Object> body(Problem problem) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("title", problem.title());
        body.put("status", problem.status());
        body.put("detail", problem.detail());
        body.put("instance", problem.instance());
        if (!problem.errors().isEmpty()) {
            body.put(
                    "errors",
                    problem.errors().stream().map(ProblemExamples::body).toList());
        }
        return body;
    }

    private static Map<String, Object> body(Problem.Fault fault) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("pointer", fault.pointer());
        body.put("detail", fault.detail());
        return body;
    }
}
