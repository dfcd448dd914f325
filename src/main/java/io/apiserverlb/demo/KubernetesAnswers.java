package io.apiserverlb.demo;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.List;

/** What kube-apiserver says on the paths that a demo server has. Pure. */
final class KubernetesAnswers {
    /** One answer; the status line, the type and the text. */
    record Answer(HttpResponseStatus status, String contentType, String body) {
        private static Answer text(HttpResponseStatus status, String body) {
            return new Answer(status, "text/plain; charset=utf-8", body);
        }

        private static Answer json(HttpResponseStatus status, String body) {
            return new Answer(status, "application/json", body);
        }
    }

    private static final List<String> CHECKS =
            List.of("ping", "log", "etcd", "poststarthook/start-apiserver-admission-initializer");
    private static final String FAILING_CHECK = "etcd";

    private final String version;
    private final String api;
    private final String caPem;

    /**
     * @param number the server's
     * @param address the server's, {@code host:port}
     * @param caPem what {@code /cacerts} shows
     */
    KubernetesAnswers(int number, String address, String caPem) {
        this.caPem = caPem;
        this.version = """
                {
                  "major": "1",
                  "minor": "36",
                  "gitVersion": "v1.36.2",
                  "gitTreeState": "clean",
                  "compiler": "gc",
                  "platform": "linux/amd64",
                  "demoServer": %d
                }
                """.formatted(number);
        this.api = """
                {
                  "kind": "APIVersions",
                  "versions": ["v1"],
                  "serverAddressByClientCIDRs": [{"clientCIDR": "0.0.0.0/0", "serverAddress": "%s"}]
                }
                """.formatted(address);
    }

    /**
     * @param path without the query
     * @param ready whether {@code /readyz} is green
     * @param known whether the client may ask at all; {@code /cacerts} is for everyone, as with k3s
     */
    Answer to(String path, boolean verbose, boolean ready, boolean known) {
        if (path.equals("/cacerts")) {
            return new Answer(HttpResponseStatus.OK, "text/plain", caPem);
        }
        if (!known) {
            return status(HttpResponseStatus.UNAUTHORIZED, "Unauthorized", "Unauthorized");
        }
        return switch (path) {
            case "/readyz" -> health("readyz", verbose, ready);
            case "/livez" -> health("livez", verbose, true);
            case "/healthz" -> health("healthz", verbose, true);
            case "/version" -> Answer.json(HttpResponseStatus.OK, version);
            case "/api" -> Answer.json(HttpResponseStatus.OK, api);
            case "/apis" -> Answer.json(HttpResponseStatus.OK, """
                        {"kind": "APIGroupList", "apiVersion": "v1", "groups": []}
                        """);
            default ->
                status(HttpResponseStatus.NOT_FOUND, "NotFound", "the server could not find the requested resource");
        };
    }

    /** A failure is always told in full. */
    private static Answer health(String endpoint, boolean verbose, boolean healthy) {
        if (healthy && !verbose) {
            return Answer.text(HttpResponseStatus.OK, "ok");
        }
        StringBuilder list = new StringBuilder();
        for (String check : CHECKS) {
            boolean ok = healthy || !check.equals(FAILING_CHECK);
            list.append(ok ? "[+]" : "[-]").append(check).append(ok ? " ok\n" : " failed: reason withheld\n");
        }
        list.append(endpoint).append(healthy ? " check passed\n" : " check failed\n");
        return Answer.text(healthy ? HttpResponseStatus.OK : HttpResponseStatus.INTERNAL_SERVER_ERROR, list.toString());
    }

    private static Answer status(HttpResponseStatus status, String reason, String message) {
        return Answer.json(status, """
                {
                  "kind": "Status",
                  "apiVersion": "v1",
                  "metadata": {},
                  "status": "Failure",
                  "message": "%s",
                  "reason": "%s",
                  "code": %d
                }
                """.formatted(message, reason, status.code()));
    }
}
