package io.apiserverlb.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.apiserverlb.pool.Event;
import io.apiserverlb.pool.Events;
import io.apiserverlb.pool.ServerPool;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;

@ApiTest
final class ChangesTest {
    private static final String LIST = "/lb/servers";
    private static final String SERVER = "/lb/servers/192.0.2.10:6443";

    private final Client client;
    private final ServerPool pool;
    private final Events events;

    ChangesTest(@LocalServerPort int port, ServerPool pool, Events events) {
        this.client = new Client(port);
        this.pool = pool;
        this.events = events;
    }

    @BeforeEach
    void resetList() {
        ApiUnderTest.reset(pool, "192.0.2.10:6443");
    }

    private String tag() {
        return "\"" + pool.list().version() + "\"";
    }

    private String managed() {
        return pool.list().membership().managed().toString();
    }

    private JsonNode server(String address) {
        return client.get(LIST + "/" + address).json();
    }

    @Test
    void replacesTheManagedList() {
        Client.Answer answer = client.send(
                "PUT", LIST, "{\"serverAddresses\": [\"192.0.2.11\", \"[2001:DB8::0]:7443\", \"192.0.2.11:6443\"]}");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(managed()).isEqualTo("[192.0.2.11:6443, [2001:db8::]:7443]");
        assertThat(answer.header("ETag")).isEqualTo(tag());
        assertThat(answer.json()).isEqualTo(client.get(LIST).json());
    }

    @Test
    void replacesTheManagedListByNone() {
        Client.Answer answer = client.send("PUT", LIST, "{\"serverAddresses\": []}");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(managed()).isEqualTo("[]");
    }

    @Test
    void addsAServer() {
        Client.Answer answer = client.send("POST", LIST, "{\"address\": \"192.0.2.11:6443\", \"weight\": 50}");

        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.header("Location")).isEqualTo("/lb/servers/192.0.2.11:6443");
        assertThat(answer.header("ETag")).isEqualTo(tag());
        assertThat(answer.json().get("weight").intValue()).isEqualTo(50);
        assertThat(answer.json()).isEqualTo(server("192.0.2.11:6443"));
    }

    @Test
    void tellsWhereAnAddedIpv6ServerIs() {
        Client.Answer answer = client.send("POST", LIST, "{\"address\": \"2001:db8::2\"}");

        assertThat(answer.header("Location")).isEqualTo("/lb/servers/%5B2001:db8::2%5D:6443");
        assertThat(client.get("/lb/servers/%5B2001:db8::2%5D:6443").status()).isEqualTo(200);
    }

    @Test
    void addsAHostNameThatIsNotResolvedYet() {
        Client.Answer answer = client.send("POST", LIST, "{\"address\": \"API.example.com.\"}");

        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.header("Location")).isEqualTo("/lb/servers/api.example.com:6443");
        assertThat(answer.json().get("address").stringValue()).isEqualTo("api.example.com:6443");
    }

    @Test
    void addsAHostNameThatIsResolvedAlready() throws Exception {
        ApiUnderTest.reset(pool, "known.example.com:443");
        pool.resolved(
                "known.example.com", List.of(InetAddress.getByName("192.0.2.31"), InetAddress.getByName("192.0.2.32")));

        Client.Answer answer = client.send("POST", LIST, "{\"address\": \"known.example.com\"}");

        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.header("Location")).isEqualTo("/lb/servers/known.example.com:6443");
        assertThat(answer.json().get("address").stringValue()).isEqualTo("192.0.2.31:6443");
        assertThat(answer.json().get("hostname").stringValue()).isEqualTo("known.example.com");
    }

    @Test
    void makesADiscoveredServerManagedAsWell() {
        Client.Answer answer = client.send("POST", LIST, "{\"address\": \"" + ApiUnderTest.DISCOVERED + "\"}");

        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.json().get("origins")).isEqualTo(Client.json("[\"managed\", \"discovered\"]"));
    }

    @Test
    void doesNotAddAServerTwice() {
        Client.Answer answer = client.send("POST", LIST, "{\"address\": \"192.0.2.10\"}");

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.json().get("detail").stringValue())
                .isEqualTo("192.0.2.10:6443 is on the managed list already");
    }

    @Test
    void doesNotAddMoreServersThanAListCanHave() {
        String addresses = IntStream.range(0, 1000)
                .mapToObj(i -> "\"10.0." + i / 250 + "." + (1 + i % 250) + "\"")
                .collect(Collectors.joining(","));
        client.send("PUT", LIST, "{\"serverAddresses\": [" + addresses + "]}");

        Client.Answer answer = client.send("POST", LIST, "{\"address\": \"192.0.2.11\"}");

        assertThat(answer.status()).isEqualTo(422);
        assertThat(pool.list().membership().managed()).hasSize(1000);
    }

    @Test
    void drainsAServerAndSetsItsWeight() {
        Client.Answer answer = client.send("PATCH", SERVER, "{\"admin\": \"drain\", \"weight\": 0}");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("ETag")).isEqualTo(tag());
        assertThat(answer.json().get("state").stringValue()).isEqualTo("drain");
        assertThat(answer.json()).isEqualTo(server("192.0.2.10:6443"));
        assertThat(server("192.0.2.10:6443").get("weight").intValue()).isZero();
    }

    @ParameterizedTest
    @CsvSource({ApiUnderTest.SEED + ", maint", ApiUnderTest.DISCOVERED + ", drain"})
    void takesFallbacksAndDiscoveredServersOutAsWell(String address, String admin) {
        Client.Answer answer = client.send("PATCH", LIST + "/" + address, "{\"admin\": \"" + admin + "\"}");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().get("admin").stringValue()).isEqualTo(admin);
    }

    @Test
    void changesAllServersOfAHostName() throws Exception {
        ApiUnderTest.reset(pool, "many.example.com");
        pool.resolved(
                "many.example.com", List.of(InetAddress.getByName("192.0.2.41"), InetAddress.getByName("192.0.2.42")));

        Client.Answer answer = client.send("PATCH", "/lb/servers/many.example.com", "{\"weight\": 7}");

        assertThat(answer.json().get("address").stringValue()).isEqualTo("192.0.2.41:6443");
        assertThat(server("192.0.2.41").get("weight").intValue()).isEqualTo(7);
        assertThat(server("192.0.2.42").get("weight").intValue()).isEqualTo(7);
    }

    @Test
    void doesNotChangeAServerThatIsNotThere() {
        assertThat(client.send("PATCH", "/lb/servers/192.0.2.99", "{\"weight\": 7}")
                        .status())
                .isEqualTo(404);
    }

    @Test
    void takesAServerOffTheManagedList() {
        Client.Answer answer = client.send("DELETE", SERVER, null);

        assertThat(answer.status()).isEqualTo(204);
        assertThat(answer.body()).isEmpty();
        assertThat(answer.header("ETag")).isEqualTo(tag());
        assertThat(managed()).isEqualTo("[]");
    }

    @ParameterizedTest
    @CsvSource({ApiUnderTest.SEED + ", 409", ApiUnderTest.DISCOVERED + ", 409", "192.0.2.99, 404"})
    void takesNoServerOffThatIsNotManaged(String address, int status) {
        Client.Answer answer = client.send("DELETE", LIST + "/" + address, null);

        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "PUT    | /lb/servers                 | {\"serverAddresses\": [\"192.0.2.11\"]} | remove 192.0.2.10:6443, add 192.0.2.11:6443",
                "POST   | /lb/servers                 | {\"address\": \"192.0.2.11\"}           | add 192.0.2.11:6443",
                "PATCH  | /lb/servers/192.0.2.10:6443 | {\"weight\": 7}                         | 192.0.2.10:6443: weight 100 → 7",
                "PATCH  | /lb/servers/192.0.2.10:6443 | {\"weight\": 100}                       | ''",
                "DELETE | /lb/servers/192.0.2.10:6443 |                                         | remove 192.0.2.10:6443"
            })
    void onlyTellsInADryRunWhatWouldChange(String method, String path, String body, String changes) {
        String before = tag();

        Client.Answer answer = client.send(method, path + "?dryRun=true", body);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().get("dryRun").booleanValue()).isTrue();
        assertThat(answer.json()
                        .get("changes")
                        .valueStream()
                        .map(JsonNode::stringValue)
                        .collect(Collectors.joining(", ")))
                .isEqualTo(changes);
        assertThat(answer.json().get("sessionsToClose").intValue()).isZero();
        assertThat(answer.header("ETag")).isEqualTo(before);
        assertThat(tag()).isEqualTo(before);
        assertThat(managed()).isEqualTo("[192.0.2.10:6443]");
    }

    @Test
    void refusesInADryRunWhatItWouldRefuse() {
        Client.Answer twice = client.send("POST", LIST + "?dryRun=true", "{\"address\": \"192.0.2.10\"}");
        Client.Answer stale = client.send("DELETE", SERVER + "?dryRun=true", null, "If-Match", "\"0\"");

        assertThat(twice.status()).isEqualTo(409);
        assertThat(stale.status()).isEqualTo(412);
    }

    @ParameterizedTest
    @CsvSource({"dryRun=yes", "dryRun=", "dryRun=TRUE", "dryRun=false&dryRun=true", "dryrun=true", "dry-run=true"})
    void changesNothingIfItIsUnclearWhetherToTryOnly(String query) {
        Client.Answer answer = client.send("DELETE", SERVER + "?" + query, null);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().get("detail").stringValue()).contains("dryRun");
        assertThat(managed()).isEqualTo("[192.0.2.10:6443]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "PUT    | /lb/servers                 | {\"serverAddresses\": []}",
                "POST   | /lb/servers                 | {\"address\": \"192.0.2.11\"}",
                "PATCH  | /lb/servers/192.0.2.10:6443 | {\"weight\": 7}",
                "DELETE | /lb/servers/192.0.2.10:6443 |"
            })
    void changesOnlyTheVersionThatTheCallerNames(String method, String path, String body) {
        Client.Answer stale = client.send(method, path, body, "If-Match", "\"0\"");
        Client.Answer current = client.send(method, path, body, "If-Match", tag());

        assertThat(stale.status()).isEqualTo(412);
        assertThat(stale.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(stale.json().get("detail").stringValue()).contains("version");
        assertThat(current.status()).isBetween(200, 204);
        assertThat(current.header("ETag")).isEqualTo(tag());
    }

    @Test
    void doesNotTakeAMalformedIfMatchForNone() {
        Client.Answer answer = client.send("DELETE", SERVER, null, "If-Match", "7");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(managed()).isEqualTo("[192.0.2.10:6443]");
    }

    @Test
    void letsOneOfSeveralChangesToTheSameVersionWin() throws Exception {
        String tag = tag();
        ExecutorService callers = Executors.newFixedThreadPool(8);
        List<Callable<Integer>> changes = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            String body = "{\"serverAddresses\": [\"192.0.2." + (50 + i) + "\"]}";
            changes.add(() -> client.send("PUT", LIST, body, "If-Match", tag).status());
        }

        List<Integer> statuses = new ArrayList<>();
        for (Future<Integer> change : callers.invokeAll(changes)) {
            statuses.add(change.get());
        }
        callers.shutdown();

        assertThat(statuses).containsOnlyOnce(200).containsOnly(200, 412);
    }

    @Test
    void recordsWhoChangedWhatFromWhere() {
        client.send("PATCH", SERVER, "{\"admin\": \"drain\"}");

        assertThat(events.latest())
                .filteredOn(event ->
                        event.type() == Event.Type.SETTING && event.actor().startsWith("rest"))
                .last()
                .satisfies(event -> {
                    assertThat(event.actor()).isEqualTo("rest anonymous@127.0.0.1");
                    assertThat(event.message()).isEqualTo("192.0.2.10:6443: admin ready → drain");
                });
    }

    @Test
    void makesNoChangeWhoseResultTheCallerWouldNotTake() {
        Client.Answer answer = client.send("PUT", LIST, "{\"serverAddresses\": []}", "Accept", "text/plain");

        assertThat(answer.status()).isEqualTo(406);
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(managed()).isEqualTo("[192.0.2.10:6443]");
    }
}
