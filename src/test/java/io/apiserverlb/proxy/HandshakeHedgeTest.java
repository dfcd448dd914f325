package io.apiserverlb.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.apiserverlb.pool.CheckReport;
import io.apiserverlb.pool.CheckResult;
import io.apiserverlb.pool.CloseReason;
import io.apiserverlb.pool.Hedge;
import io.apiserverlb.pool.ListChange;
import io.apiserverlb.pool.Policy;
import io.apiserverlb.pool.Server;
import io.apiserverlb.pool.ServerAddress;
import io.apiserverlb.pool.TrafficListener;
import io.apiserverlb.proxy.HelloServer.Manner;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A server that accepts connections and answers none is seen by no client. */
class HandshakeHedgeTest {
    private static final Duration HEDGE_AFTER = Duration.ofMillis(200);

    private byte[] hello = {};
    private final List<AutoCloseable> open = new ArrayList<>();
    private final List<String> hedges = new CopyOnWriteArrayList<>();

    @BeforeEach
    void makeHello() throws Exception {
        hello = ClientHelloTest.hello("TLSv1.3");
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
    }

    private HelloServer server(String name, Manner manner) throws Exception {
        HelloServer server = new HelloServer(name, hello.length, manner);
        open.add(server);
        return server;
    }

    /** Sessions go to the first server as long as it may be used. */
    private Balancer balancer(HelloServer... servers) {
        Balancer balancer = new Balancer.Builder()
                .servers(servers[0].port())
                .policy(Policy.FAILOVER)
                .handshakeHedgeAfter(HEDGE_AFTER)
                .start();
        open.add(0, balancer);
        Objects.requireNonNull(balancer.pool.acquire(InetAddress.getLoopbackAddress(), List.of()))
                .close(CloseReason.CLIENT);
        for (HelloServer server : Arrays.asList(servers).subList(1, servers.length)) {
            ServerAddress address = new ServerAddress("127.0.0.1", server.port());
            balancer.pool.change(new ListChange.Add(address, null), OptionalLong.empty(), "test");
        }
        balancer.pool.subscribe(new TrafficListener() {
            @Override
            public void hedged(Hedge kind, boolean won) {
                hedges.add(kind + (won ? " won" : " lost"));
            }
        });
        return balancer;
    }

    private Socket client(Balancer balancer) throws Exception {
        Socket client = balancer.connect();
        open.add(0, client);
        return client;
    }

    private Socket client(Balancer balancer, byte[] first) throws Exception {
        Socket client = client(balancer);
        client.getOutputStream().write(first);
        return client;
    }

    private static void assertEchoes(Socket client) throws IOException {
        client.getOutputStream().write("more\n".getBytes(UTF_8));
        assertThat(Greeter.greeting(client)).isEqualTo("more");
    }

    private static Server record(Balancer balancer, HelloServer server) {
        return balancer.pool
                .list()
                .find(new ServerAddress("127.0.0.1", server.port()))
                .orElseThrow();
    }

    private static void pass(Balancer balancer, HelloServer server) {
        CheckResult passed = new CheckResult(
                CheckResult.Type.TLS, CheckResult.Code.L6OK, null, "ok", Duration.ofMillis(1), Instant.EPOCH);
        balancer.pool.checked(record(balancer, server).address(), new CheckReport(passed, null, null, null));
    }

    @Test
    void asksAnotherServerWhileTheFirstIsSilent() throws Exception {
        HelloServer frozen = server("frozen", Manner.SILENT);
        HelloServer well = server("well", Manner.ANSWER);
        Balancer balancer = balancer(frozen, well);
        long begun = System.nanoTime();

        Socket client = client(balancer, hello);

        assertThat(Greeter.greeting(client)).isEqualTo("well");
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThanOrEqualTo(HEDGE_AFTER);
        assertThat(frozen.heard())
                .hasSize(1)
                .allSatisfy(heard -> assertThat(heard).isEqualTo(hello));
        assertThat(well.heard())
                .hasSize(1)
                .allSatisfy(heard -> assertThat(heard).isEqualTo(hello));
        assertEchoes(client);
        assertThat(hedges).containsExactly("HANDSHAKE won");
        assertThat(record(balancer, frozen).health().passive()).isEqualTo(1);
        assertThat(record(balancer, frozen).load().active()).isZero();
        assertThat(record(balancer, frozen).checkRequests()).isPositive();
        assertThat(record(balancer, well).load().active()).isEqualTo(1);
        client.close();
        await().until(() -> record(balancer, well).load().active() == 0);
    }

    @Test
    void staysWithTheFirstServerIfItAnswersFirst() throws Exception {
        HelloServer late = server("late", Manner.SILENT);
        HelloServer silent = server("silent", Manner.SILENT);
        Balancer balancer = balancer(late, silent);

        Socket client = client(balancer, hello);
        await().until(() -> silent.heard().size() == 1);
        late.speak();

        assertThat(Greeter.greeting(client)).isEqualTo("late");
        assertEchoes(client);
        assertThat(hedges).containsExactly("HANDSHAKE lost");
        assertThat(record(balancer, silent).load().active()).isZero();
        assertThat(record(balancer, silent).health().passive()).isZero();
    }

    @Test
    void takesABrokenConnectionForAServerThatCouldNotBeConnectedTo() throws Exception {
        for (Manner manner : List.of(Manner.RESET, Manner.CLOSE)) {
            HelloServer dying = server("dying", manner);
            HelloServer well = server("well", Manner.ANSWER);
            Balancer balancer = balancer(dying, well);

            Socket client = client(balancer, hello);

            assertThat(Greeter.greeting(client)).as(manner + "").isEqualTo("well");
            assertEchoes(client);
            assertThat(record(balancer, dying).health().passive()).isEqualTo(1);
            assertThat(record(balancer, dying).load().failed()).isEqualTo(1);
        }
    }

    @Test
    void goesOnWithTheRivalIfTheSilentServerBreaks() throws Exception {
        HelloServer frozen = server("frozen", Manner.SILENT);
        HelloServer late = server("late", Manner.SILENT);
        Balancer balancer = balancer(frozen, late);

        Socket client = client(balancer, hello);
        await().until(() -> late.heard().size() == 1);
        frozen.breakOff();
        await().until(() -> record(balancer, frozen).load().active() == 0);
        late.speak();

        assertThat(Greeter.greeting(client)).isEqualTo("late");
        assertEchoes(client);
    }

    @Test
    void goesOnWithoutARivalThatBreaks() throws Exception {
        HelloServer late = server("late", Manner.SILENT);
        HelloServer dying = server("dying", Manner.RESET);
        Balancer balancer = balancer(late, dying);

        Socket client = client(balancer, hello);
        await().until(() -> hedges.contains("HANDSHAKE lost"));
        late.speak();

        assertThat(Greeter.greeting(client)).isEqualTo("late");
        assertEchoes(client);
    }

    @Test
    void asksAThirdServerIfTheRivalBreaks() throws Exception {
        HelloServer frozen = server("frozen", Manner.SILENT);
        HelloServer dying = server("dying", Manner.RESET);
        HelloServer alsoDying = server("dying", Manner.RESET);
        HelloServer well = server("well", Manner.ANSWER);
        Balancer balancer = balancer(frozen, dying, alsoDying, well);

        Socket client = client(balancer, hello);

        assertThat(Greeter.greeting(client)).isEqualTo("well");
        assertEchoes(client);
        assertThat(hedges).last().isEqualTo("HANDSHAKE won");
        assertThat(well.accepted()).isEqualTo(1);
    }

    @Test
    void blamesOneServerOnlyForAHelloThatNobodyLikes() throws Exception {
        HelloServer one = server("one", Manner.CLOSE);
        HelloServer other = server("other", Manner.CLOSE);
        Balancer balancer = balancer(one, other);

        Socket client = client(balancer, hello);

        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
        assertThat(record(balancer, one).load().failed()
                        + record(balancer, other).load().failed())
                .isEqualTo(1);
        assertThat(record(balancer, other).load().active()).isZero();
    }

    @Test
    void passesTheEndOfAClientOnAfterItsHello() throws Exception {
        HelloServer late = server("late", Manner.SILENT);
        HelloServer well = server("well", Manner.ANSWER);
        Balancer balancer = balancer(late, well);

        Socket client = client(balancer, hello);
        client.shutdownOutput();
        await().until(() -> late.heard().size() == 1);
        late.speak();

        assertThat(Greeter.greeting(client)).isEqualTo("late");
        assertThat(client.getInputStream().read()).isEqualTo(-1);
    }

    @Test
    void resetsTheClientIfEveryServerBreaks() throws Exception {
        HelloServer one = server("one", Manner.RESET);
        HelloServer other = server("other", Manner.RESET);
        Balancer balancer = balancer(one, other);

        Socket client = client(balancer, hello);

        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
        assertThat(one.accepted()).isEqualTo(1);
        assertThat(other.accepted()).isEqualTo(1);
    }

    @Test
    void asksNobodyElseForAnythingButAClientHello() throws Exception {
        HelloServer frozen = server("frozen", Manner.SILENT);
        HelloServer well = server("well", Manner.ANSWER);
        Balancer balancer = balancer(frozen, well);
        byte[] request = Arrays.copyOf("GET /version HTTP/1.1\r\n".getBytes(UTF_8), hello.length);

        Socket client = client(balancer, request);
        await().during(HEDGE_AFTER.multipliedBy(3)).until(() -> well.accepted() == 0);
        frozen.speak();

        assertThat(Greeter.greeting(client)).isEqualTo("frozen");
    }

    @Test
    void asksNobodyElseOnceTheClientHasSaidMore() throws Exception {
        HelloServer frozen = server("frozen", Manner.SILENT);
        HelloServer well = server("well", Manner.ANSWER);
        Balancer balancer = balancer(frozen, well);

        Socket client = client(balancer, hello);
        client.getOutputStream().write(1);
        await().during(HEDGE_AFTER.multipliedBy(3)).until(() -> well.accepted() == 0);
        frozen.speak();

        assertThat(Greeter.greeting(client)).isEqualTo("frozen");
    }

    @Test
    void dismissesTheRivalOnceTheClientSaysMore() throws Exception {
        HelloServer frozen = server("frozen", Manner.SILENT);
        HelloServer rival = server("rival", Manner.SILENT);
        Balancer balancer = balancer(frozen, rival);

        Socket client = client(balancer, hello);
        await().until(() -> rival.heard().size() == 1);
        client.getOutputStream().write("more\n".getBytes(UTF_8));
        await().until(() -> record(balancer, rival).load().active() == 0);
        rival.speak();
        frozen.speak();

        assertThat(Greeter.greeting(client)).isEqualTo("frozen");
        assertThat(Greeter.greeting(client)).isEqualTo("more");
    }

    @Test
    void passesTheEndOfTheOnlyServerOnIfItWasAskedNothing() throws Exception {
        HelloServer closing = new HelloServer("closing", 0, Manner.CLOSE);
        open.add(closing);
        Balancer balancer = balancer(closing);

        Socket client = client(balancer);

        assertThat(client.getInputStream().read()).isEqualTo(-1);
    }

    @Test
    void takesAnotherServerForOneThatEndsBeforeItWasAsked() throws Exception {
        HelloServer closing = new HelloServer("closing", 0, Manner.CLOSE);
        open.add(closing);
        HelloServer well = server("well", Manner.ANSWER);
        Balancer balancer = balancer(closing, well);

        Socket client = client(balancer);
        await().until(() -> well.accepted() == 1);
        client.getOutputStream().write(hello);

        assertThat(Greeter.greeting(client)).isEqualTo("well");
    }

    @Test
    void keepsAHelloThatComesByteByByteForAnotherServer() throws Exception {
        HelloServer dying = server("dying", Manner.RESET);
        HelloServer well = server("well", Manner.ANSWER);
        Balancer balancer = balancer(dying, well);
        Socket client = client(balancer);
        OutputStream out = client.getOutputStream();

        client.setTcpNoDelay(true);
        for (byte each : hello) {
            out.write(each);
        }

        assertThat(Greeter.greeting(client)).isEqualTo("well");
        assertThat(well.heard())
                .hasSize(1)
                .allSatisfy(heard -> assertThat(heard).isEqualTo(hello));
        assertEchoes(client);
    }

    @Test
    void countsASilentHandshakeThatTheClientGaveUp() throws Exception {
        HelloServer frozen = server("frozen", Manner.SILENT);
        Balancer balancer = new Balancer.Builder()
                .servers(frozen.port())
                .dialing(Duration.ofMillis(100), Duration.ofSeconds(3), Duration.ZERO)
                .start();
        open.add(0, balancer);

        Socket client = client(balancer, hello);
        await().until(() -> frozen.heard().size() == 1);
        await().pollDelay(Duration.ofMillis(150)).until(() -> true);
        client.close();

        await().until(() -> record(balancer, frozen).load().failed() == 1);
        assertThat(record(balancer, frozen).load().active()).isZero();
    }

    @Test
    void neverAsksTwiceIfItIsSwitchedOff() throws Exception {
        HelloServer frozen = server("frozen", Manner.SILENT);
        HelloServer well = server("well", Manner.ANSWER);
        Balancer balancer = new Balancer.Builder()
                .servers(frozen.port(), well.port())
                .handshakeHedgeAfter(Duration.ZERO)
                .start();
        open.add(0, balancer);

        List<Socket> clients = List.of(client(balancer, hello), client(balancer, hello));
        await().until(() -> frozen.heard().size() == 1 && well.heard().size() == 1);
        await().during(HEDGE_AFTER.multipliedBy(2)).until(() -> well.accepted() == 1);
        frozen.speak();

        for (Socket client : clients) {
            assertThat(Greeter.greeting(client)).isNotEmpty();
        }
    }

    @Test
    void hasAServerCheckedThatStopsAfterItsFirstWords() throws Exception {
        HelloServer stopping = server("stopping", Manner.STOP);
        HelloServer well = server("well", Manner.ANSWER);
        Balancer balancer = balancer(stopping, well);
        pass(balancer, stopping);

        Socket client = client(balancer, hello);
        assertThat(Greeter.greeting(client)).isEqualTo("stopping");
        client.getOutputStream().write(1);

        await().until(() -> record(balancer, stopping).checkRequests() == 1);
        assertThat(record(balancer, stopping).health().passive()).isZero();
    }

    @Test
    void hasAServerCheckedThatStopsWithinItsFirstWords() throws Exception {
        HelloServer stopping = server("stopping", Manner.STOP);
        HelloServer well = server("well", Manner.ANSWER);
        Balancer balancer = balancer(stopping, well);
        pass(balancer, stopping);

        Socket client = client(balancer, hello);
        assertThat(Greeter.greeting(client)).isEqualTo("stopping");

        await().until(() -> record(balancer, stopping).checkRequests() == 1);
    }

    @Test
    void hasNoServerCheckedWhileItsSessionIsAlive() throws Exception {
        HelloServer well = server("well", Manner.ANSWER);
        // When a session was last alive is known to a tenth of a second only.
        Duration patience = HEDGE_AFTER.multipliedBy(4);
        Balancer balancer = new Balancer.Builder()
                .servers(well.port())
                .handshakeHedgeAfter(patience)
                .start();
        open.add(0, balancer);
        pass(balancer, well);

        Socket client = client(balancer, hello);
        assertThat(Greeter.greeting(client)).isEqualTo("well");

        await().during(patience.multipliedBy(2))
                .pollInterval(Duration.ofMillis(10))
                .until(() -> {
                    assertEchoes(client);
                    return record(balancer, well).checkRequests() == 0;
                });
    }

    @Test
    void movesASessionThatHasToLeaveBeforeItWasAnswered() throws Exception {
        HelloServer frozen = server("frozen", Manner.SILENT);
        HelloServer well = server("well", Manner.ANSWER);
        Balancer balancer = new Balancer.Builder()
                .servers(frozen.port())
                .handshakeHedgeAfter(Duration.ZERO)
                .drain(Duration.ZERO, ClosingRules.OnRemoved.CLOSE)
                .start();
        open.add(0, balancer);
        Socket client = client(balancer, hello);
        await().until(() -> frozen.heard().size() == 1);

        balancer.pool.change(
                new ListChange.Replace(List.of(new ServerAddress("127.0.0.1", well.port()))),
                OptionalLong.empty(),
                "test");

        assertThat(Greeter.greeting(client)).isEqualTo("well");
        assertEchoes(client);
    }
}
