package io.apiserverlb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apiserverlb.testing.Background;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The data path goes on when something runs out, and what waited is served when it is back. */
@Tag("heavy")
class ResourcesIT {
    private static final int ENOUGH_DESCRIPTORS = 4_096;
    /** The program has 160 jars open. */
    private static final int FEW_DESCRIPTORS = 400;

    private static final Pattern MOST_SERVERS = Pattern.compile("can have (\\d+) at most");
    /** From which on the options of the image mean something. */
    private static final int JDK_OF_THE_IMAGE = 25;

    @TempDir
    Path folder;

    private static String[] arguments(Crowd crowd, String... more) {
        return Stream.concat(
                        Stream.of(
                                "--lb.server-addresses=" + crowd.address(),
                                "--lb.check.type=tcp",
                                "--lb.session-log=false"),
                        Stream.of(more))
                .toArray(String[]::new);
    }

    private static double metric(Service service, String name, String label) throws Exception {
        return service.get("/actuator/prometheus")
                .lines()
                .filter(line -> line.startsWith(name) && line.contains(label))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    /** What is asked for in half a second at least, while nothing happens, takes less than a third of it. */
    private static void assertDoesNotSpin(Service service) {
        await().atMost(Duration.ofSeconds(20))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> {
                    Duration before = service.cpuTime();
                    long begun = System.nanoTime();
                    await().pollDelay(Duration.ofMillis(500)).until(() -> true);
                    Duration took = Duration.ofNanos(System.nanoTime() - begun);
                    return service.cpuTime().minus(before).multipliedBy(3).compareTo(took) < 0;
                });
    }

    private static long count(Service service, String words) {
        return service.log().lines().filter(line -> line.contains(words)).count();
    }

    @Test
    void keepsDescriptorsForItselfAndLetsClientsWaitForTheOthers() throws Exception {
        Path state = folder.resolve("state.json");
        try (Crowd crowd = new Crowd();
                Service service = Service.startPoor(
                        FEW_DESCRIPTORS, List.of(), folder, arguments(crowd, "--lb.state-file=" + state))) {
            service.webPort();
            List<Crowd.Client> first = crowd.join(service.port(), 6);
            first.forEach(Crowd.Client::ask);
            List<Crowd.Client> many = crowd.join(service.port(), 150);

            await().untilAsserted(() -> assertThat(count(service, "cannot accept clients, who wait: all descriptors"))
                    .isOne());
            assertThat(metric(service, "apiserver_lb_rejected_total", "reason=\"resources\""))
                    .isPositive();
            assertThat(service.send(
                                    "PATCH",
                                    "/lb/servers/" + crowd.address(),
                                    "{\"weight\": 7}",
                                    "Content-Type",
                                    "application/json")
                            .statusCode())
                    .isEqualTo(200);
            await().untilAsserted(() -> assertThat(Files.readString(state)).contains("7"));
            assertDoesNotSpin(service);
            first.forEach(Crowd.Client::ask);
            assertThat(crowd.sessions()).isLessThan(156);

            for (Crowd.Client client : many) { // each that leaves makes room for another
                client.ask();
                client.leave();
            }
            first.forEach(Crowd.Client::ask);
            assertThat(count(service, "cannot accept clients")).isOne();
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(count(service, "all clients are accepted again"))
                            .isOne());
        }
    }

    @Test
    void letsClientsBeyondTheLimitWaitUntilOthersLeave() throws Exception {
        int limit = 40;
        try (Crowd crowd = new Crowd();
                Service service = Service.startPoor(
                        ENOUGH_DESCRIPTORS, List.of(), folder, arguments(crowd, "--lb.max-connections=" + limit))) {
            service.webPort();
            List<Crowd.Client> first = crowd.join(service.port(), limit);
            first.forEach(Crowd.Client::ask);
            List<Crowd.Client> others = crowd.join(service.port(), limit);

            assertDoesNotSpin(service);
            await().untilAsserted(() -> assertThat(crowd.sessions()).isEqualTo(limit)); // but for a check now and then
            assertThat(metric(service, "apiserver_lb_connections{", "")).isEqualTo(limit);
            assertThat(count(service, "new clients wait")).isOne();
            first.forEach(Crowd.Client::ask);

            for (Crowd.Client client : first) {
                client.leave();
            }
            others.forEach(Crowd.Client::ask);
        }
    }

    /** They take nothing of what they are sent; what is kept for all of them together has a bound. */
    @Test
    void hasMemoryForManyClientsThatTakeNothing() throws Exception {
        int slow = 160;
        try (Crowd crowd = new Crowd();
                Service service = Service.startPoor(
                        ENOUGH_DESCRIPTORS, List.of("-XX:MaxDirectMemorySize=6m"), folder, arguments(crowd))) {
            List<Crowd.Client> clients = crowd.join(service.port(), slow);
            for (Crowd.Client client : clients) {
                client.say('f');
            }
            service.webPort();
            assertDoesNotSpin(service);

            crowd.join(service.port(), 10).forEach(Crowd.Client::ask);
            for (Crowd.Client client : clients) {
                assertThat(client.readFlood()).isEqualTo(Crowd.FLOOD);
                client.ask();
            }
            assertThat(service.log()).doesNotContain("no memory");
        }
    }

    /** Each says most of a ClientHello of the longest kind, and waits. */
    @Test
    void hasMemoryForManyClientsThatNeverFinishAHandshake() throws Exception {
        byte[] beginning = new byte[16_000];
        System.arraycopy(HexFormat.of().parseHex("1603014000" + "01003ffc"), 0, beginning, 0, 9);
        try (Crowd crowd = new Crowd();
                Service service = Service.startPoor(
                        ENOUGH_DESCRIPTORS, List.of("-XX:MaxDirectMemorySize=6m"), folder, arguments(crowd))) {
            service.webPort();
            for (Crowd.Client client : crowd.join(service.port(), 600)) {
                client.say(beginning);
            }
            await().untilAsserted(() -> assertThat(metric(service, "apiserver_lb_bytes_total", "direction=\"in\""))
                    .isEqualTo(600.0 * beginning.length));

            crowd.join(service.port(), 10).forEach(Crowd.Client::ask);
            assertThat(service.log()).doesNotContain("no memory", " is down");
        }
    }

    @Test
    void answersProbesBesideHundredsOfSlowCallers() throws Exception {
        try (Crowd crowd = new Crowd();
                Service service = Service.startPoor(ENOUGH_DESCRIPTORS, List.of(), folder, arguments(crowd))) {
            int port = service.webPort();
            for (String beginning : List.of(
                    "",
                    "GET /lb HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ",
                    "PUT /lb/servers HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{")) {
                List<Socket> callers = new ArrayList<>();
                for (int i = 0; i < 300; i++) {
                    Socket caller = new Socket(InetAddress.getLoopbackAddress(), port);
                    caller.getOutputStream().write(beginning.getBytes(StandardCharsets.US_ASCII));
                    callers.add(caller);
                }
                long begun = System.nanoTime();

                assertThat(service.send("GET", "/actuator/health/liveness", "").statusCode())
                        .isEqualTo(200);

                assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(10));
                for (Socket caller : callers) {
                    caller.close();
                }
            }
        }
    }

    @Test
    void keepsTheHeapFromWhatCallersAskFor() throws Exception {
        try (Crowd crowd = new Crowd();
                Service service = Service.startPoor(ENOUGH_DESCRIPTORS, heap(), folder, arguments(crowd))) {
            service.webPort();
            Crowd.Client client = crowd.join(service.port(), 1).get(0);
            client.ask();
            Matcher refusal = MOST_SERVERS.matcher(put(service, crowd.address(), 1_000));
            int servers = refusal.find() ? Integer.parseInt(refusal.group(1)) : 1_000;
            AtomicBoolean over = new AtomicBoolean();
            List<CompletableFuture<Void>> callers = callers(service, over);

            for (int i = 0; i < 4; i++) {
                client.ask();
                put(service, crowd.address(), servers);
            }
            over.set(true);
            CompletableFuture.allOf(callers.toArray(CompletableFuture[]::new)).join();

            client.ask();
            await().until(() -> {
                put(service, crowd.address(), servers);
                return service.get("/lb").contains("\"total\":" + servers);
            });
            assertThat(service.log()).doesNotContain("OutOfMemoryError");
        }
    }

    private static List<CompletableFuture<Void>> callers(Service service, AtomicBoolean over) {
        return Stream.of(
                        "/lb/servers",
                        "/actuator/prometheus",
                        "/v3/api-docs",
                        "/lb/events",
                        "/lb/connections?limit=1000")
                .flatMap(path -> IntStream.range(0, 8)
                        .mapToObj(i -> Background.run(() -> {
                            while (!over.get()) {
                                try {
                                    service.get(path);
                                } catch (Exception e) {
                                    // one that waits for too long is no matter here
                                }
                            }
                        })))
                .toList();
    }

    private static String put(Service service, String first, int count) throws Exception {
        String addresses = IntStream.rangeClosed(1, count)
                .mapToObj(i -> String.format(Locale.ROOT, "\"127.1.%d.%d:1\"", i / 250, 1 + i % 250))
                .skip(1)
                .collect(Collectors.joining(","));
        return service.put("/lb/servers", "{\"serverAddresses\":[\"" + first + "\"," + addresses + "]}")
                .body();
    }

    private static List<String> heap() throws IOException {
        boolean image = Runtime.version().feature() >= JDK_OF_THE_IMAGE;
        Path options = Path.of("src/main/jvm", image ? "image.options" : "service.options");
        return Files.readAllLines(options).stream()
                .filter(option -> option.matches("-Xm[snx]\\d+m|-XX:\\+(UseCompactObjectHeaders)"))
                .toList();
    }
}
