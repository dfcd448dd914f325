package io.apiserverlb.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.apiserverlb.pool.Event;
import io.apiserverlb.pool.Events;
import io.apiserverlb.pool.ServerPool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.TestPropertySource;

/** The rules where the cluster knows callers, and a token file knows others; on a wildcard address. */
@ApiTest
@TestPropertySource(properties = {"server.address=0.0.0.0", "test.cluster=true"})
final class ClusterCallersTest {
    private static final String SERVER = "/lb/servers/192.0.2.10";
    private static final String OPERATOR = "system:serviceaccount:ops:operator";

    @TempDir
    static Path folder;

    private final Client client;
    private final ServerPool pool;
    private final Events events;
    private final FakeCluster cluster;

    ClusterCallersTest(@LocalServerPort int port, ServerPool pool, Events events, FakeCluster cluster) {
        this.client = new Client(port);
        this.pool = pool;
        this.events = events;
        this.cluster = cluster;
    }

    @DynamicPropertySource
    static void tokenFile(DynamicPropertyRegistry registry) {
        registry.add("test.token-file", () -> folder.resolve("token").toString());
    }

    @BeforeEach
    void oneOperatorAndOneReader() throws Exception {
        ApiUnderTest.reset(pool, "192.0.2.10:6443");
        Files.writeString(folder.resolve("token"), "of-the-file");
        cluster.broken = null;
        cluster.users = Map.of("of-operator", OPERATOR, "of-reader", "rea\nder");
        cluster.allowed = Set.of(OPERATOR + " patch " + SERVER, "rea\nder get /lb/events");
        cluster.questions.clear();
    }

    private Client.Answer patch(String token) {
        return client.send("PATCH", SERVER, "{\"weight\": 7}", "Authorization", "Bearer " + token);
    }

    @Test
    void mayDoWhatTheClusterAllows() {
        assertThat(patch("of-operator").status()).isEqualTo(200);

        assertThat(cluster.questions).containsExactly(OPERATOR + " patch " + SERVER);
        assertThat(events.latest())
                .filteredOn(event -> event.type() == Event.Type.SETTING)
                .last()
                .satisfies(event -> assertThat(event.actor()).isEqualTo("rest user " + OPERATOR + "@127.0.0.1"));
    }

    @Test
    void mayDoNothingElse() {
        Client.Answer answer = client.send("DELETE", SERVER, null, "Authorization", "Bearer of-operator");

        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.json().get("detail").stringValue())
                .isEqualTo("the cluster does not allow " + OPERATOR + " to delete the non-resource URL " + SERVER);
        assertThat(pool.list().membership().managed()).hasSize(1);
        assertThat(events.latest())
                .last()
                .satisfies(event -> assertThat(event.actor()).isEqualTo("rest user " + OPERATOR + "@127.0.0.1"));
    }

    @Test
    void mayReadWhatIsGuardedIfTheClusterAllows() {
        assertThat(client.get("/lb/events", "Authorization", "Bearer of-reader").status())
                .isEqualTo(200);
        assertThat(client.get("/lb/connections", "Authorization", "Bearer of-reader")
                        .status())
                .isEqualTo(403);
        assertThat(client.get("/lb/events").status()).isEqualTo(401);
    }

    @Test
    void isNotNamedInTwoLines() {
        client.send("DELETE", "/lb/servers/%1b%5b2J%c2%85", null, "Authorization", "Bearer of-reader");

        assertThat(events.latest())
                .last()
                .satisfies(event -> assertThat(event.message())
                        .contains("does not allow rea?der to delete the non-resource URL /lb/servers/?[2J?"))
                .satisfies(event -> assertThat(event.actor()).isEqualTo("rest user rea?der@127.0.0.1"));
    }

    @Test
    void isAskedNothingOfWhoeverHasTheFilesToken() {
        cluster.broken = "it is gone";

        assertThat(patch("of-the-file").status()).isEqualTo(200);
        assertThat(cluster.questions).isEmpty();
    }

    @Test
    void isAskedNothingForWhatEverybodyMayRead() {
        cluster.broken = "it is gone";

        assertThat(client.get("/lb/servers", "Authorization", "Bearer of-nobody")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void isNobodyWithAnotherToken() {
        Client.Answer answer = patch("of-nobody");

        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.header("WWW-Authenticate")).isEqualTo("Bearer");
    }

    @Test
    void cannotBeTakenForSomebodyWhileTheClusterDoesNotAnswer() {
        cluster.broken = "no server reachable";

        Client.Answer answer = patch("of-operator");

        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.json().get("detail").stringValue()).contains("the cluster cannot be asked", "no server");
        assertThat(events.latest().toString()).doesNotContain("of-operator");
    }

    @Test
    void mayDoNothingWhileTheTokenFileCannotBeRead() throws Exception {
        Files.delete(folder.resolve("token"));

        assertThat(patch("of-operator").status()).isEqualTo(401);
    }
}
