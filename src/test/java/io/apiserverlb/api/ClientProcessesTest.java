package io.apiserverlb.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apiserverlb.api.ConnectionView.ClientProcess;
import io.apiserverlb.api.SocketOwners.Connection;
import io.apiserverlb.pool.SessionInfo;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ClientProcessesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final List<Connection> asked = new CopyOnWriteArrayList<>();
    private final CountDownLatch held = new CountDownLatch(1);
    private volatile boolean slow;
    private final ClientProcesses processes = new ClientProcesses(this::find);

    @AfterEach
    void close() {
        held.countDown();
        processes.destroy();
    }

    /** Every process has the port as its number; odd ones cannot be found. */
    private Map<Connection, ClientProcess> find(Collection<Connection> connections) {
        asked.addAll(connections);
        if (slow) {
            try {
                held.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        return connections.stream()
                .filter(connection -> connection.local().getPort() % 2 == 0)
                .collect(Collectors.toMap(
                        connection -> connection,
                        connection -> new ClientProcess(connection.local().getPort(), "app", null)));
    }

    private static SessionInfo session(String id, @Nullable String caller, String client, int port) {
        return new SessionInfo(
                id,
                caller,
                new InetSocketAddress(client, port),
                new InetSocketAddress(client.startsWith("127.") ? "127.0.0.1" : "192.0.2.5", 6444),
                null,
                SessionInfo.Phase.CONNECTING,
                Duration.ZERO,
                Duration.ZERO,
                0,
                0);
    }

    @Test
    void looksForEachSessionOnce() {
        List<SessionInfo> sessions =
                List.of(session("1", null, "127.0.0.1", 40_000), session("2", null, "127.0.0.1", 40_001));

        Map<String, ClientProcess> first = processes.of(sessions, PATIENCE);
        Map<String, ClientProcess> second = processes.of(sessions, PATIENCE);

        assertThat(first).isEqualTo(Map.of("1", new ClientProcess(40_000, "app", null)));
        assertThat(second).isEqualTo(first);
        assertThat(asked).hasSize(2);
    }

    @Test
    void looksForClientsOnThisHostOnly() {
        List<SessionInfo> sessions = List.of(
                session("1", null, "198.51.100.7", 40_000),
                session("discovery-1", "discovery", "127.0.0.1", 40_002),
                session("2", null, "192.0.2.5", 40_004));

        assertThat(processes.of(sessions, PATIENCE)).containsOnlyKeys("2");
        assertThat(asked).hasSize(1);
    }

    @Test
    void keepsNobodyWaitingAndKnowsItTheNextTime() {
        slow = true;
        List<SessionInfo> sessions = List.of(session("1", null, "127.0.0.1", 40_000));

        assertThat(processes.of(sessions, Duration.ofMillis(50))).isEmpty();
        for (int i = 0; i < 20; i++) { // more than may wait for the search
            assertThat(processes.of(sessions, Duration.ofMillis(1))).isEmpty();
        }
        held.countDown();

        await().untilAsserted(() ->
                assertThat(processes.of(sessions, Duration.ofMillis(1))).containsOnlyKeys("1"));
        assertThat(asked).hasSize(1);
    }
}
