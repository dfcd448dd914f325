package io.apiserverlb.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apiserverlb.pool.Events;
import io.apiserverlb.pool.ServerPool;
import io.apiserverlb.testing.ManualExecutor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;

@ApiTest
@Timeout(30)
final class LiveApiTest {
    private static final String PATH = "/lb/live";

    private final int port;
    private final Client client;
    private final ServerPool pool;
    private final Events events;
    private final EventStreams streams;
    private final ManualExecutor executor;

    LiveApiTest(
            @LocalServerPort int port,
            ServerPool pool,
            Events events,
            @Qualifier("liveStreams") EventStreams streams,
            @Qualifier("liveExecutor") ManualExecutor executor) {
        this.port = port;
        this.client = new Client(port);
        this.pool = pool;
        this.events = events;
        this.streams = streams;
        this.executor = executor;
    }

    @BeforeEach
    void resetList() {
        ApiUnderTest.reset(pool, "192.0.2.10:6443", "api.example.com:443");
    }

    @Test
    void tellsWhatWasAndThenWhatIs() throws Exception {
        executor.run(Live.INTERVAL);

        try (EventSourceClient source = connect()) {
            JsonNode history = Client.json(source.next("history"));
            executor.run(Live.INTERVAL);
            String status = source.next("status");

            assertThat(source.header("Content-Type")).startsWith("text/event-stream");
            assertThat(source.header("Cache-Control")).isEqualTo("no-store");
            assertThat(history.propertyNames()).containsExactly("intervalMs", "samples");
            assertThat(history.get("intervalMs").intValue()).isEqualTo(1_000);
            assertThat(history.get("samples").valueStream()).isNotEmpty().allMatch(sample -> sample.size() == 6);
            JsonNode sample = Client.json(status).get("sample");
            assertThat(sample.get(0).longValue()).isEqualTo(ApiUnderTest.NOW.toEpochMilli());
            assertThat(status)
                    .isEqualTo("{\"boot\":\"" + events.boot() + "\",\"sample\":" + sample + ",\"summary\":"
                            + client.get("/lb").body() + ",\"list\":"
                            + client.get("/lb/servers").body() + "}");
        }
    }

    @Test
    void isThisStreamAndNothingElse() {
        Client.Answer head = client.send("HEAD", PATH, null);
        Client.Answer json = client.get(PATH, "Accept", "application/json");

        assertThat(head.status()).isEqualTo(200);
        assertThat(head.header("Content-Type")).startsWith("text/event-stream");
        assertThat(json.status()).isEqualTo(406);
        assertThat(json.header("Content-Type")).isEqualTo("application/problem+json");
    }

    @Test
    void refusesMoreClientsThanItHasThreadsFor() throws Exception {
        List<EventSourceClient> sources = new ArrayList<>();
        try {
            while (sources.size() < StreamPlaces.MOST) {
                sources.add(connect());
            }

            Client.Answer answer = client.get(PATH);

            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
            assertThat(answer.json().get("detail").stringValue())
                    .isEqualTo("16 clients follow the status, and no more can");
            assertThat(client.send("HEAD", PATH, null).status()).isEqualTo(200);
        } finally {
            sources.forEach(EventSourceClient::close);
        }
        connect().close();
    }

    /** Those of other tests are only known to be gone when something is sent to them. */
    private EventSourceClient connect() {
        List<EventSourceClient> connected = new ArrayList<>();
        await().ignoreException(IOException.class).until(() -> {
            executor.run(Live.INTERVAL); // tells those that are gone
            return connected.add(new EventSourceClient(port, PATH, null));
        });
        return connected.get(0);
    }

    @Test
    void endsAtShutdown() throws Exception {
        try (EventSourceClient source = connect()) {
            streams.stop();

            String line = source.next();
            while (line != null) { // what was sent before
                line = source.next();
            }
            Client.Answer answer = client.get(PATH);
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.json().get("detail").stringValue()).isEqualTo("the balancer is stopping");
        } finally {
            streams.start();
        }
    }
}
