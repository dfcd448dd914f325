package io.apiserverlb.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.apiserverlb.pool.CheckReport;
import io.apiserverlb.pool.CheckResult;
import io.apiserverlb.pool.Event;
import io.apiserverlb.pool.ListChange;
import io.apiserverlb.pool.ServerAddress;
import io.apiserverlb.testing.HeldPort;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class RefusalTest {
    /** Keeps the listener's port for it while it is closed. */
    private HeldPort reserved;

    private Greeter server;
    private Balancer balancer;
    private InetSocketAddress listener;

    @BeforeEach
    void start() throws Exception {
        server = new Greeter("a");
        reserved = new HeldPort();
        balancer = new Balancer.Builder()
                .listen("127.0.0.1:" + reserved.port())
                .zeroServers(ZeroServers.REFUSE)
                .dialing(Duration.ofMillis(500), Duration.ofMillis(600), Duration.ZERO)
                .servers(server.port())
                .start();
        listener = balancer.frontend.listeners().get(0);
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
        balancer.close();
        reserved.close();
    }

    @Test
    void refusesClientsOnceNobodyCanBeServedWhileSessionsGoOn() throws Exception {
        try (Socket before = connect()) {
            assertThat(Greeter.greeting(before)).isEqualTo("a");

            refuse();

            assertThatThrownBy(this::connect).isInstanceOf(ConnectException.class);
            assertThat(balancer.frontend.addresses()).containsExactly(listener);
            assertThat(balancer.frontend.active()).isEqualTo(1);
            await().untilAsserted(() -> assertThat(messages())
                    .containsExactly(
                            "no server can be connected to: new clients are refused until one passes a check"));
        }
    }

    @Test
    void acceptsClientsAgainOnTheSameAddressWhenAServerIsUsable() throws Exception {
        refuse();
        Greeter again = new Greeter("again");
        ServerAddress address = address(again);
        balancer.pool.change(new ListChange.Replace(List.of(address)), OptionalLong.empty(), "test");
        assertThat(balancer.pool.list().usable()).isEqualTo(1);

        await().untilAsserted(() -> assertThat(balancer.frontend.listeners()).containsExactly(listener));

        try (again;
                Socket client = connect()) {
            assertThat(Greeter.greeting(client)).isEqualTo("again");
        }
        assertThat(messages()).endsWith("new clients are accepted again on " + List.of(listener));
    }

    @Test
    void acceptsClientsAgainAtTheFirstPassThoughTheServerIsNotUsableYet() throws Exception {
        refuse();
        check(CheckResult.Code.L4CON);
        assertThat(balancer.frontend.listeners()).isEmpty();

        check(CheckResult.Code.L7OK);

        await().untilAsserted(() -> assertThat(balancer.frontend.listeners()).containsExactly(listener));
        assertThat(balancer.pool.list().usable()).isZero();
        refuseNext();
    }

    @Test
    void staysOpenWhileAServerIsUsableThoughItCannotBeConnectedTo() throws Exception {
        server.refuse();

        assertReset();

        assertThat(balancer.pool.list().usable()).isEqualTo(1);
        assertThat(balancer.frontend.listeners()).containsExactly(listener);
    }

    @Test
    void triesAgainWhileSomebodyElseHasTheAddress() throws Exception {
        refuse();
        try (ServerSocket thief = new ServerSocket(listener.getPort(), 1, listener.getAddress())) {
            check(CheckResult.Code.L7OK);

            await().until(() -> messages().size() == 2);
            assertThat(messages().get(1))
                    .startsWith("cannot listen on " + listener + " again, which is tried each second: ")
                    .contains("Address already in use");
            assertThat(balancer.frontend.listeners()).isEmpty();
            assertThat(thief.isBound()).isTrue();
        }

        await().untilAsserted(() -> assertThat(balancer.frontend.listeners()).containsExactly(listener));
        await().untilAsserted(() -> assertThat(messages()).hasSize(3));
    }

    @Test
    void staysClosedOnceClosed() throws Exception {
        refuse();

        balancer.frontend.close();
        check(CheckResult.Code.L7OK);

        await().during(Duration.ofMillis(200))
                .until(() -> balancer.frontend.listeners().isEmpty());
        assertThatThrownBy(this::connect).isInstanceOf(ConnectException.class);
    }

    private void refuse() throws Exception {
        for (int i = 0; i < 3; i++) {
            check(CheckResult.Code.L4CON);
        }
        assertThat(balancer.pool.list().usable()).isZero();
        refuseNext();
    }

    private void refuseNext() throws Exception {
        server.refuse();
        assertReset();
        await().until(() -> balancer.frontend.listeners().isEmpty());
    }

    private void assertReset() {
        assertThatThrownBy(() -> {
                    try (Socket client = connect()) {
                        client.getInputStream().read();
                    }
                })
                .isInstanceOf(SocketException.class)
                .isNotInstanceOf(ConnectException.class);
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(listener.getAddress(), listener.getPort());
        socket.setSoTimeout(5_000);
        return socket;
    }

    private void check(CheckResult.Code code) {
        CheckResult result =
                new CheckResult(CheckResult.Type.HTTPS, code, null, "as told", Duration.ofMillis(1), Instant.now());
        balancer.pool.checked(address(server), new CheckReport(result, null, null, null));
    }

    private static ServerAddress address(Greeter greeter) {
        return new ServerAddress("127.0.0.1", greeter.port());
    }

    private List<String> messages() {
        return balancer.events.latest().stream()
                .filter(event -> event.type() == Event.Type.LISTENER)
                .map(Event::message)
                .toList();
    }
}
