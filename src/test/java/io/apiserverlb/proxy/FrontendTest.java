package io.apiserverlb.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.apiserverlb.pool.Admittance;
import io.apiserverlb.pool.Event;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class FrontendTest {

    @Test
    void letsClientsBeyondTheLimitWaitUntilOneLeaves() throws Exception {
        try (Greeter a = new Greeter("a");
                Balancer balancer = new Balancer.Builder()
                        .maxConnections(2)
                        .servers(a.port())
                        .start();
                Socket first = balancer.connect();
                Socket second = balancer.connect();
                Socket third = balancer.connect()) {
            assertThat(Greeter.greeting(first)).isEqualTo("a");
            assertThat(Greeter.greeting(second)).isEqualTo("a");
            third.setSoTimeout(300);
            assertThatThrownBy(() -> Greeter.greeting(third)).isInstanceOf(SocketTimeoutException.class);
            assertThat(balancer.frontend.active()).isEqualTo(2);

            first.close();

            third.setSoTimeout(5_000);
            assertThat(Greeter.greeting(third)).isEqualTo("a");
            assertThat(messages(balancer)).anyMatch(message -> message.contains("limit of 2 connections is reached"));
            assertThat(balancer.frontend.admittance(InetAddress.getLoopbackAddress()))
                    .isEqualTo(Admittance.waits("the limit of 2 connections (lb.max-connections) is reached"));
        }
    }

    @Test
    void warnsAtFourFifthsOfTheLimitAndOnceOnly() throws Exception {
        try (Greeter a = new Greeter("a");
                Balancer balancer = new Balancer.Builder()
                        .maxConnections(10)
                        .servers(a.port())
                        .start()) {
            Socket[] clients = new Socket[9];
            for (int i = 0; i < clients.length; i++) {
                clients[i] = balancer.connect();
                assertThat(Greeter.greeting(clients[i])).isEqualTo("a");
            }

            assertThat(messages(balancer)).containsExactly("8 of 10 connections are in use");
            for (Socket client : clients) {
                client.close();
            }
            await().until(() -> messages(balancer).size() == 2);
        }
    }

    @Test
    void refusesClientsOnceClosedWhileSessionsGoOn() throws Exception {
        try (Greeter a = new Greeter("a");
                Balancer balancer = new Balancer.Builder().servers(a.port()).start();
                Socket client = balancer.connect()) {
            assertThat(Greeter.greeting(client)).isEqualTo("a");
            InetSocketAddress address = balancer.frontend.listeners().get(0);

            balancer.frontend.close();

            assertThatThrownBy(() -> new Socket(address.getAddress(), address.getPort()))
                    .isInstanceOf(ConnectException.class);
            client.setSoTimeout(200);
            assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
            assertThat(balancer.frontend.listeners()).isEmpty();
        }
    }

    @Test
    void failsToBindAPortThatIsInUse() throws Exception {
        try (Balancer one = new Balancer.Builder().start();
                Balancer two = new Balancer.Builder().start()) {
            int taken = one.frontend.listeners().get(0).getPort();
            Frontend frontend = new Frontend(
                    new Frontend.Settings(
                            List.of(ListenAddress.parse("127.0.0.1:" + taken)), 1, Balancer.ANYBODY, ZeroServers.RESET),
                    two.sessions,
                    two.pool,
                    two.options,
                    two.events,
                    two.loops);

            assertThatThrownBy(() -> frontend.bind(InheritedListeners.NONE))
                    .isInstanceOfSatisfying(
                            ListenException.class,
                            e -> assertThat(e.address().getPort()).isEqualTo(taken))
                    .hasMessageContaining("Address already in use");
        }
    }

    private static List<String> messages(Balancer balancer) {
        return balancer.events.latest().stream()
                .filter(event -> event.type() == Event.Type.LISTENER)
                .map(Event::message)
                .toList();
    }
}
