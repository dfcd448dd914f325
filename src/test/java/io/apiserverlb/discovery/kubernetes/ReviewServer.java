package io.apiserverlb.discovery.kubernetes;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** An API server that reviews callers, whose words are those of Kubernetes; its connections are kept as there. */
final class ReviewServer implements AutoCloseable {
    static final String UNKNOWN = "{\"user\":{},\"error\":\"invalid bearer token\"}";

    /** One question. */
    record Asked(String path, @Nullable String authorization, JsonNode body) {
        String token() {
            return body.at("/spec/token").asString("");
        }
    }

    /** @param status of HTTP; 0: the connection ends without an answer */
    record Answer(int status, String body) {
        /** A review whose status this is. */
        static Answer of(Asked question, String status) {
            JsonNode body = question.body();
            return new Answer(
                    201,
                    "{\"kind\":%s,\"apiVersion\":%s,\"metadata\":{\"creationTimestamp\":null},\"spec\":%s,\"status\":%s}"
                            .formatted(body.get("kind"), body.get("apiVersion"), body.get("spec"), status));
        }

        static Answer refusal(int status) {
            return new Answer(
                    status,
                    "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":\"Failure\",\"code\":"
                            + status + "}");
        }
    }

    private final List<Asked> asked = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpsServer server;
    private volatile Function<Asked, Answer> answers = question -> Answer.of(question, UNKNOWN);

    ReviewServer(X509Bundle identity) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(identity.toKeyManagerFactory().getKeyManagers(), null, null);
            server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
            server.setHttpsConfigurator(new HttpsConfigurator(context));
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    InetSocketAddress address() {
        return server.getAddress();
    }

    /** What it was asked, oldest first. */
    List<Asked> asked() {
        return asked;
    }

    void answer(Function<Asked, Answer> how) {
        answers = how;
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Asked question = new Asked(
                    exchange.getRequestURI().toString(),
                    exchange.getRequestHeaders().getFirst("Authorization"),
                    JsonMapper.shared().readTree(exchange.getRequestBody()));
            asked.add(question);
            Answer answer = answers.apply(question);
            if (answer.status() != 0) {
                byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
                exchange.getResponseHeaders().set("Content-Type", "application/json");
                exchange.sendResponseHeaders(answer.status(), body.length);
                exchange.getResponseBody().write(body);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
