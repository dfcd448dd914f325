package io.apiserverlb.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apiserverlb.pool.AdminState;
import io.apiserverlb.pool.CloseReason;
import io.apiserverlb.pool.ListChange;
import io.apiserverlb.pool.ServerAddress;
import io.apiserverlb.pool.SessionInfo;
import io.apiserverlb.pool.TrafficListener;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class AllSessionsTest {
    private static AllSessions all(Balancer balancer) {
        return new AllSessions(balancer.sessions, List.of());
    }

    private static Socket greeted(Balancer balancer) throws Exception {
        Socket client = balancer.connect();
        assertThat(Greeter.greeting(client)).isNotEmpty();
        return client;
    }

    private static ServerAddress address(int port) {
        return new ServerAddress("127.0.0.1", port);
    }

    private static SessionInfo only(Balancer balancer) {
        await().until(() -> all(balancer).newest(2, null).size() == 1);
        return all(balancer).newest(2, null).get(0);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void showsASession(boolean epoll) throws Exception {
        try (Greeter a = new Greeter("a");
                Balancer balancer =
                        new Balancer.Builder().epoll(epoll).servers(a.port()).start();
                Socket client = greeted(balancer)) {
            client.getOutputStream().write(new byte[5]);
            await().until(() -> only(balancer).bytesIn() == 5);

            SessionInfo session = only(balancer);

            assertThat(session.client()).isEqualTo(client.getLocalSocketAddress());
            assertThat(session.listener()).isEqualTo(client.getRemoteSocketAddress());
            assertThat(session.server()).isEqualTo(address(a.port()));
            assertThat(session.caller()).isNull();
            assertThat(session.phase()).isEqualTo(SessionInfo.Phase.ESTABLISHED);
            assertThat(session.bytesOut()).isEqualTo(2);
            assertThat(session.age()).isBetween(Duration.ZERO, Duration.ofSeconds(30));
            assertThat(session.idle()).isBetween(Duration.ZERO, session.age());
            assertThat(all(balancer).find(session.id()))
                    .map(SessionInfo::client)
                    .contains(session.client());
        }
    }

    @Test
    void showsTheNewestFirst() throws Exception {
        try (Greeter a = new Greeter("a");
                Balancer balancer = new Balancer.Builder().servers(a.port()).start()) {
            List<InetSocketAddress> clients = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                clients.add(0, (InetSocketAddress) greeted(balancer).getLocalSocketAddress());
            }

            assertThat(all(balancer).newest(100, null))
                    .extracting(SessionInfo::client)
                    .isEqualTo(clients);
            assertThat(all(balancer).newest(2, null))
                    .extracting(SessionInfo::client)
                    .isEqualTo(clients.subList(0, 2));
            assertThat(all(balancer).newest(100, null))
                    .extracting(SessionInfo::id)
                    .doesNotHaveDuplicates();
        }
    }

    @Test
    void showsThoseOfSomeServersOnly() throws Exception {
        try (Greeter a = new Greeter("a");
                Greeter b = new Greeter("b");
                Balancer balancer =
                        new Balancer.Builder().servers(a.port(), b.port()).start()) {
            for (int i = 0; i < 6; i++) {
                greeted(balancer);
            }

            assertThat(all(balancer).newest(100, Set.of(address(a.port()))))
                    .hasSize(3)
                    .extracting(SessionInfo::server)
                    .containsOnly(address(a.port()));
            assertThat(all(balancer).newest(100, Set.of(address(1)))).isEmpty();
        }
    }

    @Test
    void tellsHowFarASessionHasCome() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                Balancer balancer = new Balancer.Builder()
                        .zeroServers(ZeroServers.WAIT)
                        .drain(Duration.ofSeconds(20), ClosingRules.OnRemoved.DRAIN)
                        .start();
                Socket client = balancer.connect()) {
            assertThat(only(balancer).phase()).isEqualTo(SessionInfo.Phase.CONNECTING);
            assertThat(only(balancer).server()).isNull();

            ServerAddress address = address(server.getLocalPort());
            balancer.pool.change(new ListChange.Add(address, null), OptionalLong.empty(), "test");
            await().until(() -> only(balancer).phase() == SessionInfo.Phase.ESTABLISHED);
            client.shutdownOutput();
            await().until(() -> only(balancer).phase() == SessionInfo.Phase.HALF_CLOSED);
            balancer.pool.change(new ListChange.Patch(address, AdminState.DRAIN, null), OptionalLong.empty(), "test");
            await().until(() -> only(balancer).phase() == SessionInfo.Phase.LEAVING);
        }
    }

    @Test
    void closesTheSessionThatIsNamedAndNoOther() throws Exception {
        try (SessionLines lines = new SessionLines();
                Greeter a = new Greeter("a");
                Balancer balancer = new Balancer.Builder().servers(a.port()).start();
                Socket first = greeted(balancer);
                Socket second = greeted(balancer)) {
            List<CloseReason> reasons = new CopyOnWriteArrayList<>();
            balancer.pool.subscribe(new TrafficListener() {
                @Override
                public void sessionEnded(ServerAddress server, CloseReason reason, long nanos) {
                    reasons.add(reason);
                }
            });
            String id = all(balancer).newest(2, null).get(1).id();

            assertThat(all(balancer).close(id)).isTrue();

            assertThat(first.getInputStream().read()).isEqualTo(-1);
            await().until(() -> reasons.equals(List.of(CloseReason.ADMIN)));
            assertThat(lines.flags()).containsExactly("KD");
            assertThat(only(balancer).client()).isEqualTo(second.getLocalSocketAddress());
            assertThat(all(balancer).close(id)).isFalse();
            assertThat(all(balancer).find(id)).isEmpty();
        }
    }

    @Test
    void knowsNoSessionByAnythingElse() throws Exception {
        try (Greeter a = new Greeter("a");
                Balancer balancer = new Balancer.Builder().servers(a.port()).start();
                Socket client = greeted(balancer)) {
            for (String id : List.of("", "0", "x", "discovery-1", "01", "-1")) {
                assertThat(all(balancer).close(id)).as(id).isFalse();
            }
            assertThat(only(balancer).client()).isEqualTo(client.getLocalSocketAddress());
        }
    }

    @Test
    void showsThoseOfThisProcessByTheirCaller() throws Exception {
        try (Greeter a = new Greeter("a");
                Balancer balancer = new Balancer.Builder().servers(a.port()).start();
                PrivateListener listener = privateListener(balancer)) {
            listener.bind();
            InetSocketAddress address = listener.address().orElseThrow();
            try (Socket ofClient = greeted(balancer);
                    Socket ofDiscovery = new Socket(address.getAddress(), address.getPort())) {
                assertThat(Greeter.greeting(ofDiscovery)).isEqualTo("a");
                AllSessions all = new AllSessions(balancer.sessions, List.of(listener.sessions()));

                List<SessionInfo> sessions = all.newest(10, null);

                assertThat(sessions).extracting(SessionInfo::caller).containsExactly("discovery", null);
                assertThat(sessions).extracting(SessionInfo::id).doesNotHaveDuplicates();
                assertThat(all.close(sessions.get(0).id())).isTrue();
                assertThat(ofDiscovery.getInputStream().read()).isEqualTo(-1);
                assertThat(only(balancer).client()).isEqualTo(ofClient.getLocalSocketAddress());
            }
        }
    }

    private static PrivateListener privateListener(Balancer balancer) {
        return new PrivateListener(
                "test",
                "discovery",
                new Sessions.Settings(
                        Duration.ofSeconds(30),
                        new ClosingRules(
                                Duration.ofMillis(500),
                                ClosingRules.OnDown.CLOSE,
                                ClosingRules.OnRemoved.DRAIN,
                                ClosingRules.FailBack.PACED),
                        false,
                        new Sessions.Lifetime(Duration.ZERO, Duration.ZERO)),
                new Dialer.Settings(
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(3),
                        Duration.ofMillis(100),
                        Duration.ofMillis(200),
                        ZeroServers.RESET),
                balancer.pool,
                balancer.options,
                balancer.loops,
                System::nanoTime,
                new Random(1));
    }
}
