package io.apiserverlb.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.apiserverlb.pool.Event;
import io.apiserverlb.pool.Events;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.web.server.LocalServerPort;

@ApiTest
final class RefreshTest {
    private static final String PATH = "/lb/discovery/refresh";

    private final Client client;
    private final FakeDiscovery discovery;
    private final Events events;

    RefreshTest(@LocalServerPort int port, FakeDiscovery discovery, Events events) {
        this.client = new Client(port);
        this.discovery = discovery;
        this.events = events;
    }

    @AfterEach
    void askTheClusterAgain() {
        discovery.kind = "k3s";
    }

    private Client.Answer post(String path) {
        return client.send("POST", path, "");
    }

    @Test
    void hasTheClusterAskedAndTellsWhoWantedIt() {
        int before = discovery.refreshes.get();

        assertThat(post(PATH).status()).isEqualTo(202);

        assertThat(discovery.refreshes).hasValue(before + 1);
        assertThat(events.latest())
                .filteredOn(event -> event.type() == Event.Type.DISCOVERY)
                .last()
                .satisfies(event -> {
                    assertThat(event.actor()).startsWith("rest ");
                    assertThat(event.message()).isEqualTo("the cluster is asked for its servers");
                });
    }

    @Test
    void onlyTellsWhatItWouldDoInADryRun() {
        int before = discovery.refreshes.get();

        Client.Answer answer = post(PATH + "?dryRun=true");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().get("changes").get(0).asString()).isEqualTo("the cluster is asked for its servers");
        assertThat(discovery.refreshes).hasValue(before);
    }

    @Test
    void isRefusedWhereThereIsNobodyToAsk() {
        discovery.kind = "none";

        Client.Answer answer = post(PATH);

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.json().get("detail").asString())
                .isEqualTo("lb.discovery.kind is none: there is no cluster to ask");
    }

    @Test
    void isRefusedWithAnotherVersionOfTheListThanTheCallerKnows() {
        int before = discovery.refreshes.get();
        String tag = Objects.requireNonNull(post(PATH + "?dryRun=true").header("ETag"));

        assertThat(client.send("POST", PATH, "", "If-Match", "\"0\"").status()).isEqualTo(412);
        assertThat(discovery.refreshes).hasValue(before);
        Client.Answer answer = client.send("POST", PATH, "", "If-Match", tag);
        assertThat(answer.status()).isEqualTo(202);
        assertThat(answer.header("ETag")).isEqualTo(tag);
    }

    @Test
    void isNothingToGet() {
        assertThat(client.get(PATH).status()).isEqualTo(405);
    }
}
