package io.apiserverlb.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.apiserverlb.pool.Admittance;
import io.apiserverlb.pool.Cidr;
import io.apiserverlb.pool.Event;
import io.apiserverlb.pool.Rejection;
import io.apiserverlb.pool.TrafficListener;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.SocketException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
@ParameterizedClass(name = "epoll: {0}")
@ValueSource(booleans = {true, false})
class AdmissionTest {
    @Parameter
    boolean epoll;

    @ParameterizedTest
    @CsvSource({
        "'', '', 10.0.0.1, true",
        "10.0.0.0/8, '', 10.0.0.1, true",
        "10.0.0.0/8, '', 11.0.0.1, false",
        "10.0.0.0/8 ::/0, '', 2001:db8::1, true",
        "'', 10.0.0.0/8, 10.0.0.1, false",
        "'', 10.0.0.0/8, 11.0.0.1, true",
        "10.0.0.1, 10.0.0.0/8, 10.0.0.1, false",
        "10.0.0.0/8, 10.0.0.1, 10.0.0.2, true",
    })
    void letsDenyWinAndAnAllowListRefuseAllOthers(String allow, String deny, String client, boolean allowed)
            throws Exception {
        assertThat(new ClientRules(ranges(allow), ranges(deny), 0).allows(InetAddress.getByName(client)))
                .isEqualTo(allowed);
    }

    @Test
    void resetsAClientFromAnotherAddressThatIsNotAllowed() throws Exception {
        InetAddress outside = outsideAddress();
        try (Greeter a = new Greeter("a");
                Balancer balancer = balancer(a, "0.0.0.0:0", new ClientRules(ranges("203.0.113.77"), List.of(), 0))) {
            List<Rejection> rejections = rejections(balancer);

            for (int i = 0; i < 3; i++) {
                assertIsReset(() -> connect(outside, balancer));
            }

            assertThat(rejections).containsExactly(Rejection.ACL, Rejection.ACL, Rejection.ACL);
            assertThat(balancer.frontend.active()).isZero();
            assertThat(a.accepted()).isZero();
            assertThat(messages(balancer))
                    .containsExactly(
                            "the client " + outside.getHostAddress() + " was refused: it is not on lb.clients.allow");
            assertThat(balancer.frontend.admittance(outside))
                    .isEqualTo(Admittance.refused("it is not on lb.clients.allow"));
        }
    }

    @Test
    void servesAClientFromAnotherAddressThatIsAllowed() throws Exception {
        InetAddress outside = outsideAddress();
        try (Greeter a = new Greeter("a");
                Balancer balancer = balancer(
                        a, "0.0.0.0:0", new ClientRules(ranges(outside.getHostAddress()), ranges("203.0.113.77"), 0));
                Socket client = connect(outside, balancer)) {
            assertThat(Greeter.greeting(client)).isEqualTo("a");
        }
    }

    @Test
    void neverFiltersClientsOfThisHostOnALoopbackAddress() throws Exception {
        try (Greeter a = new Greeter("a");
                Balancer balancer =
                        balancer(a, "0.0.0.0:0", new ClientRules(ranges("203.0.113.77"), ranges("127.0.0.0/8"), 0));
                Socket client = connect(InetAddress.getLoopbackAddress(), balancer)) {
            assertThat(Greeter.greeting(client)).isEqualTo("a");
            assertThat(balancer.frontend.admittance(InetAddress.getLoopbackAddress()))
                    .isEqualTo(Admittance.ADMITTED);
        }
    }

    @Test
    void resetsConnectionsOfAClientBeyondItsLimitUntilOneEnds() throws Exception {
        try (Greeter a = new Greeter("a");
                Balancer balancer = balancer(a, "127.0.0.1:0", new ClientRules(List.of(), List.of(), 2));
                Socket first = balancer.connect();
                Socket second = balancer.connect()) {
            List<Rejection> rejections = rejections(balancer);
            assertThat(Greeter.greeting(first)).isEqualTo("a");
            assertThat(Greeter.greeting(second)).isEqualTo("a");

            assertIsReset(balancer::connect);
            assertThat(balancer.frontend.active()).isEqualTo(2);
            assertThat(rejections).containsExactly(Rejection.LIMIT);
            assertThat(messages(balancer))
                    .containsExactly("the client 127.0.0.1 was refused: it has 2 connections, the most that"
                            + " lb.max-connections-per-client allows");
            assertThat(balancer.frontend.admittance(InetAddress.getLoopbackAddress()))
                    .isEqualTo(Admittance.refused(
                            "it has 2 connections, the most that lb.max-connections-per-client allows"));
            assertThat(balancer.frontend.admittance(InetAddress.getByName("127.0.0.2")))
                    .isEqualTo(Admittance.ADMITTED);

            first.close();

            await().until(() -> balancer.frontend.active() == 1);
            try (Socket fourth = balancer.connect()) {
                assertThat(Greeter.greeting(fourth)).isEqualTo("a");
            }
        }
    }

    @Test
    void countsEachClientByItselfAndForgetsThoseWithoutSessions() throws Exception {
        try (Greeter a = new Greeter("a");
                Balancer balancer = balancer(a, "127.0.0.1:0", new ClientRules(List.of(), List.of(), 1))) {
            for (String client : List.of("127.0.0.1", "127.0.0.2", "127.0.0.3")) {
                try (Socket socket = connectFrom(client, balancer)) {
                    assertThat(Greeter.greeting(socket)).isEqualTo("a");
                    assertIsReset(() -> connectFrom(client, balancer));
                    assertThat(balancer.frontend.clients()).isPositive();
                }
            }

            await().until(() -> balancer.frontend.clients() == 0);
        }
    }

    private Balancer balancer(Greeter server, String listen, ClientRules rules) {
        return new Balancer.Builder()
                .epoll(epoll)
                .listen(listen)
                .clients(rules)
                .servers(server.port())
                .start();
    }

    private static List<Cidr> ranges(String texts) {
        return Stream.of(texts.split(" "))
                .filter(text -> !text.isEmpty())
                .map(Cidr::parse)
                .toList();
    }

    private static Socket connect(InetAddress address, Balancer balancer) throws IOException {
        Socket socket = new Socket(address, balancer.frontend.listeners().get(0).getPort());
        socket.setSoTimeout(5_000);
        return socket;
    }

    private static Socket connectFrom(String client, Balancer balancer) throws IOException {
        Socket socket = new Socket();
        socket.bind(new InetSocketAddress(client, 0));
        socket.connect(balancer.frontend.listeners().get(0));
        socket.setSoTimeout(5_000);
        return socket;
    }

    /** As soon as while connecting. */
    private static void assertIsReset(Callable<Socket> connecting) {
        assertThatThrownBy(() -> {
                    try (Socket client = connecting.call()) {
                        client.getInputStream().read();
                    }
                })
                .isInstanceOf(SocketException.class)
                .hasMessageContaining("reset");
    }

    private static InetAddress outsideAddress() throws SocketException {
        Optional<InetAddress> address = NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(ip -> ip instanceof Inet4Address && !ip.isLoopbackAddress())
                .findFirst();
        assumeThat(address).as("this host has an IPv4 address beyond loopback").isPresent();
        return address.orElseThrow();
    }

    private static List<Rejection> rejections(Balancer balancer) {
        List<Rejection> rejections = new CopyOnWriteArrayList<>();
        balancer.pool.subscribe(new TrafficListener() {
            @Override
            public void rejected(Rejection reason) {
                rejections.add(reason);
            }
        });
        return rejections;
    }

    private static List<String> messages(Balancer balancer) {
        return balancer.events.latest().stream()
                .filter(event -> event.type() == Event.Type.LISTENER)
                .map(Event::message)
                .toList();
    }
}
