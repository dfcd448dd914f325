package io.apiserverlb.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.apiserverlb.pool.Event;
import io.apiserverlb.pool.Events;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.TestPropertySource;

/** What becomes of refused calls; in an application of its own, as only so many are recorded at once. */
@ApiTest
@TestPropertySource(properties = "test.application=refusals")
final class RecordedRefusalsTest {
    private final Client client;
    private final Events events;

    RecordedRefusalsTest(@LocalServerPort int port, Events events) {
        this.client = new Client(port);
        this.events = events;
    }

    @Test
    void recordsARefusalInOneLine() {
        client.send("DELETE", "/lb/servers/%0Aall%20is%20well", null, "Sec-Fetch-Site", "cross-site");

        assertThat(events.latest())
                .filteredOn(event -> event.type() == Event.Type.ACCESS)
                .extracting(Event::message)
                .noneMatch(message -> message.contains("\n"))
                .anyMatch(message -> message.startsWith("refused DELETE /lb/servers/%0Aall%20is%20well: "));
    }

    @Test
    void recordsARefusal() {
        client.send("DELETE", "/lb/servers/192.0.2.10", null, "Sec-Fetch-Site", "cross-site");

        assertThat(events.latest())
                .filteredOn(event -> event.type() == Event.Type.ACCESS)
                .anySatisfy(event -> {
                    assertThat(event.actor()).isEqualTo("rest anonymous@127.0.0.1");
                    assertThat(event.message())
                            .startsWith("refused DELETE /lb/servers/192.0.2.10: the Sec-Fetch-Site header");
                });
    }
}
