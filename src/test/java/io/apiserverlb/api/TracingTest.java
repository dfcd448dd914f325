package io.apiserverlb.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.tracing.Tracer;
import io.opentelemetry.api.OpenTelemetry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** Calls are traced where there is somewhere to send traces to, and nothing of that exists where there is not. */
final class TracingTest {
    private static final String ENDPOINT = "--management.opentelemetry.tracing.export.otlp.endpoint=";

    /** What a collector has been sent: the type of the content, and the content. */
    private final List<String> received = new CopyOnWriteArrayList<>();

    private static ConfigurableApplicationContext start(String... arguments) {
        return new SpringApplicationBuilder(ApiUnderTest.class)
                .properties(
                        "server.address=127.0.0.1",
                        "server.port=0",
                        "springdoc.api-docs.enabled=false",
                        "springdoc.swagger-ui.enabled=false",
                        "management.endpoint.health.validate-group-membership=false",
                        "management.opentelemetry.tracing.export.schedule-delay=50ms")
                .run(arguments);
    }

    private static void call(ConfigurableApplicationContext application) {
        int port = application.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
        assertThat(new Client(port).get("/lb/servers").status()).isEqualTo(200);
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.contains("SpanProcessor") || name.contains("otel") || name.contains("otlp"))
                .toList();
    }

    private void receive(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.ISO_8859_1);
        received.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
                + exchange.getRequestHeaders().getFirst("Content-Type") + " " + body);
        exchange.sendResponseHeaders(200, -1);
        exchange.close();
    }

    @Test
    void areSentToTheEndpoint() throws Exception {
        HttpServer collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        collector.createContext("/", this::receive);
        collector.start();
        try (ConfigurableApplicationContext application =
                start(ENDPOINT + "http://127.0.0.1:" + collector.getAddress().getPort() + "/v1/traces")) {
            call(application);

            await().atMost(Duration.ofSeconds(30)).until(() -> !received.isEmpty());
            assertThat(received.get(0))
                    .startsWith("POST /v1/traces application/x-protobuf ")
                    .contains("http get /lb/servers")
                    .contains("apiserver-lb");
        } finally {
            collector.stop(0);
        }
    }

    @Test
    void doNotExistWithoutAnEndpoint() {
        List<String> before = threads(); // of the other test, should it be ending still
        for (String argument : List.of("--a=b", ENDPOINT)) {
            try (ConfigurableApplicationContext application = start(argument)) {
                call(application);

                assertThat(application.getBeanNamesForType(Tracer.class)).isEmpty();
                assertThat(application.getBeanNamesForType(OpenTelemetry.class)).isEmpty();
                assertThat(application.getBeanDefinitionNames())
                        .noneMatch(
                                name -> name.contains("otel") || name.contains("racing") || name.contains("elemetry"));
                assertThat(before).containsAll(threads());
            }
        }
    }
}
