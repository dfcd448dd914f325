package io.apiserverlb.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apiserverlb.pool.AdminState;
import io.apiserverlb.pool.ListChange;
import io.apiserverlb.pool.Policy;
import io.apiserverlb.pool.ServerAddress;
import io.apiserverlb.pool.SessionInfo;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Ten sessions on one server, and another one that has come late. */
@Timeout(30)
class RebalancingTest {
    private static final int SESSIONS = 10;

    private static final class Scene implements AutoCloseable {
        private final SessionLines lines = new SessionLines();
        private final List<Socket> clients = new ArrayList<>();
        private final Greeter full = new Greeter("full");
        private final Greeter empty = new Greeter("empty");
        private final Balancer balancer;
        private final AllSessions sessions;

        Scene(Duration drain) throws Exception {
            balancer = new Balancer.Builder()
                    .policy(Policy.LEAST_CONNECTIONS)
                    .drain(drain, ClosingRules.OnRemoved.DRAIN)
                    .servers(full.port())
                    .start();
            sessions = new AllSessions(balancer.sessions, List.of());
            for (int i = 0; i < SESSIONS; i++) {
                Socket client = balancer.connect();
                assertThat(Greeter.greeting(client)).isEqualTo("full");
                clients.add(client);
            }
            balancer.pool.change(new ListChange.Add(address(empty), null), OptionalLong.empty(), "test");
        }

        @Override
        public void close() throws Exception {
            lines.close();
            for (Socket client : clients) {
                client.close();
            }
            balancer.close();
            full.close();
            empty.close();
        }
    }

    private static ServerAddress address(Greeter server) {
        return new ServerAddress("127.0.0.1", server.port());
    }

    @Test
    void closesWhatIsTooMuchSpreadOverTheTimeForDraining() throws Exception {
        try (Scene scene = new Scene(Duration.ofMillis(800))) {
            long start = System.nanoTime();

            assertThat(scene.sessions.rebalance(100)).isEqualTo(5);

            await().until(() -> scene.lines.flags().size() == 5);
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isBetween(Duration.ofMillis(600), Duration.ofSeconds(3));
            assertThat(scene.lines.flags()).containsOnly("BD");
            await().during(Duration.ofMillis(200)).until(() -> scene.balancer.frontend.active() == 5);
        }
    }

    @Test
    void leavesAsMuchOnEachServerAsItShallHaveIfClientsComeBack() throws Exception {
        try (Scene scene = new Scene(Duration.ofMillis(300))) {

            assertThat(scene.sessions.rebalance(100)).isEqualTo(5);

            for (int closed = 1; closed <= 5; closed++) {
                int expected = closed;
                await().until(() -> scene.lines.flags().size() >= expected);
                scene.clients.add(scene.balancer.connect());
            }
            await().until(() ->
                    scene.sessions.newest(100, Set.of(address(scene.empty))).size() == 5);
            assertThat(scene.sessions.newest(100, Set.of(address(scene.full)))).hasSize(5);
        }
    }

    @Test
    void closesNoMoreThanItsShareOfAllSessions() throws Exception {
        try (Scene scene = new Scene(Duration.ZERO)) {

            assertThat(scene.sessions.surplus(100)).isEqualTo(5);
            assertThat(scene.sessions.surplus(39)).isEqualTo(3);
            assertThat(scene.sessions.surplus(1))
                    .as("one, or few would stay for ever")
                    .isEqualTo(1);
            assertThat(scene.sessions.rebalance(20)).isEqualTo(2);

            await().until(() -> scene.balancer.frontend.active() == SESSIONS - 2);
        }
    }

    @Test
    void closesTheIdleOnesFirst() throws Exception {
        try (Scene scene = new Scene(Duration.ZERO)) {
            long before = scene.balancer.loops.coarseNanos();
            await().until(() -> scene.balancer.loops.coarseNanos() != before);
            List<Socket> busy = scene.clients.subList(0, 5);
            for (Socket client : busy) {
                client.getOutputStream().write(1);
            }
            await().until(() -> scene.sessions.newest(100, null).stream()
                            .mapToLong(SessionInfo::bytesIn)
                            .sum()
                    == busy.size());

            assertThat(scene.sessions.rebalance(100)).isEqualTo(5);

            await().until(() -> scene.balancer.frontend.active() == 5);
            assertThat(scene.sessions.newest(100, null))
                    .extracting(SessionInfo::client)
                    .containsExactlyInAnyOrderElementsOf(busy.stream()
                            .map(client -> (InetSocketAddress) client.getLocalSocketAddress())
                            .toList());
        }
    }

    @Test
    void doesNotCountTwiceWhatIsAboutToLeave() throws Exception {
        try (Scene scene = new Scene(Duration.ofSeconds(20))) {
            assertThat(scene.sessions.rebalance(30)).isEqualTo(3);

            assertThat(scene.sessions.newest(100, null))
                    .filteredOn(session -> session.phase() == SessionInfo.Phase.LEAVING)
                    .hasSize(3);
            assertThat(scene.sessions.rebalance(100)).isEqualTo(2);
            assertThat(scene.sessions.rebalance(100)).isZero();
        }
    }

    @Test
    void closesNothingMoreOnceThereIsNoOtherServer() throws Exception {
        try (Scene scene = new Scene(Duration.ofSeconds(4))) {
            assertThat(scene.sessions.rebalance(100)).isEqualTo(5); // the first is to leave within 800 ms

            scene.balancer.pool.change(
                    new ListChange.Patch(address(scene.empty), AdminState.MAINT, null), OptionalLong.empty(), "test");

            await().during(Duration.ofMillis(4_200)).until(() -> scene.balancer.frontend.active() == SESSIONS);
            assertThat(scene.sessions.newest(100, null))
                    .extracting(SessionInfo::phase)
                    .containsOnly(SessionInfo.Phase.ESTABLISHED);
        }
    }

    @Test
    void goesOnThoughAnotherServerIsDrainedMeanwhile() throws Exception {
        try (Scene scene = new Scene(Duration.ofSeconds(1))) {
            Greeter third = new Greeter("third");
            scene.balancer.pool.change(new ListChange.Add(address(third), null), OptionalLong.empty(), "test");
            scene.clients.add(scene.balancer.connect());
            scene.clients.add(scene.balancer.connect()); // one on each of the others
            await().until(() ->
                    scene.sessions.newest(100, Set.of(address(third))).size() == 1);

            assertThat(scene.sessions.rebalance(100)).isEqualTo(6);
            scene.balancer.pool.change(
                    new ListChange.Patch(address(third), AdminState.DRAIN, null), OptionalLong.empty(), "test");

            await().until(() ->
                    scene.lines.flags().stream().filter("BD"::equals).count() >= 4);
            third.close();
        }
    }
}
