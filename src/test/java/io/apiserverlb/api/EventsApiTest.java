package io.apiserverlb.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apiserverlb.pool.Event;
import io.apiserverlb.pool.Events;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;

@ApiTest
@Timeout(30)
final class EventsApiTest {
    private final int port;
    private final Client client;
    private final Events events;
    private final EventStreams streams;

    EventsApiTest(@LocalServerPort int port, Events events, @Qualifier("eventStreams") EventStreams streams) {
        this.port = port;
        this.client = new Client(port);
        this.events = events;
        this.streams = streams;
    }

    private Event record(String message) {
        events.record(
                Event.Type.SERVER_STATE,
                Event.Severity.WARN,
                Values.address("192.0.2.10:6443"),
                "check",
                message,
                "up",
                "going-down");
        List<Event> all = events.latest();
        return all.get(all.size() - 1);
    }

    @Test
    void showsWhatHasHappenedTheNewestLast() {
        record("one");
        Event last = record("two");

        Client.Answer answer = client.get("/lb/events");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Type")).isEqualTo("application/json");
        int size = answer.json().size();
        assertThat(answer.json().get(size - 2).get("message").stringValue()).isEqualTo("one");
        assertThat(answer.json().get(size - 1)).isEqualTo(Client.json("""
                        {
                          "id": "%s", "at": "2026-11-23T04:10:00.123Z", "type": "server-state", "severity": "warn",
                          "server": "192.0.2.10:6443", "actor": "check", "message": "two",
                          "before": "up", "after": "going-down"
                        }
                        """.formatted(last.id())));
    }

    @Test
    void sendsWhatHappens() throws Exception {
        record("before");

        try (EventSourceClient source = new EventSourceClient(port, "/lb/events", null)) {
            Event event = record("after");

            assertThat(source.header("Content-Type")).startsWith("text/event-stream");
            assertThat(source.header("Cache-Control")).isEqualTo("no-store");
            assertThat(source.next()).isEqualTo("id: " + event.id());
            JsonNode data = Client.json(String.valueOf(source.next()).substring("data: ".length()));
            assertThat(data.get("id").stringValue()).isEqualTo(event.id());
            assertThat(data.get("message").stringValue()).isEqualTo("after");
        }
    }

    @Test
    void beginsBehindTheLastEventThatTheClientKnows() throws Exception {
        Event known = record("known");
        Event missed = record("missed");

        try (EventSourceClient source = new EventSourceClient(port, "/lb/events", known.id())) {
            assertThat(source.next()).isEqualTo("id: " + missed.id());
        }
    }

    @Test
    void beginsWithAllThatIsKeptForAClientOfAnotherRun() throws Exception {
        record("some");

        try (EventSourceClient source = new EventSourceClient(port, "/lb/events", "former-12")) {
            assertThat(source.next()).isEqualTo("id: " + events.latest().get(0).id());
        }
    }

    @Test
    void tellsTheHeadOfTheStreamWithoutIt() {
        Client.Answer answer = client.send("HEAD", "/lb/events", null, "Accept", "text/event-stream");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Type")).startsWith("text/event-stream");
    }

    @Test
    void refusesMoreClientsThanItHasThreadsFor() throws Exception {
        List<EventSourceClient> sources = new ArrayList<>();
        try {
            while (sources.size() < StreamPlaces.MOST) {
                sources.add(connect());
            }

            Client.Answer answer = client.get("/lb/events", "Accept", "text/event-stream");

            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
            assertThat(answer.json().get("detail").stringValue()).contains("16 clients");
            assertThat(client.get("/lb/events").status()).isEqualTo(200);
        } finally {
            sources.forEach(EventSourceClient::close);
        }
        connect().close();
    }

    /** Those of other tests are only known to be gone when something is sent to them. */
    private EventSourceClient connect() {
        List<EventSourceClient> connected = new ArrayList<>();
        await().ignoreException(IOException.class).until(() -> {
            record("to those that are gone");
            return connected.add(new EventSourceClient(port, "/lb/events", null));
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
            Client.Answer answer = client.get("/lb/events", "Accept", "text/event-stream");
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.json().get("detail").stringValue()).isEqualTo("the balancer is stopping");
        } finally {
            streams.start();
        }
    }
}
