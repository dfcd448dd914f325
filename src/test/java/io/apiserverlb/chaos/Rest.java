package io.apiserverlb.chaos;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The management API of the balancer that serves; safe for use by any thread. */
final class Rest {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final JsonMapper json = new JsonMapper();
    private final URI root;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    Rest(int port) {
        this.root = URI.create("http://127.0.0.1:" + port);
    }

    JsonNode get(String path) throws IOException, InterruptedException {
        return json.readTree(text(path));
    }

    String text(String path) throws IOException, InterruptedException {
        return expect(200, "GET", path, "").body();
    }

    /**
     * Makes a change.
     *
     * @return the version of the list after it
     */
    long change(int expected, String method, String path, String body) throws IOException, InterruptedException {
        HttpResponse<String> answer = expect(expected, method, path, body);
        String tag = answer.headers().firstValue("ETag").orElseThrow(() -> new IOException(path + " without an ETag"));
        return Long.parseLong(tag.replace("\"", ""));
    }

    private HttpResponse<String> expect(int expected, String method, String path, String body)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(root.resolve(path))
                .timeout(PATIENCE)
                .header("Content-Type", "application/json")
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body))
                .build();
        HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != expected) {
            throw new IOException(method + " " + path + " " + body + ": " + answer.statusCode() + " " + answer.body());
        }
        return answer;
    }
}
