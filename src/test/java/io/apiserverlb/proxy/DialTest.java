package io.apiserverlb.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.apiserverlb.pool.AdminState;
import io.apiserverlb.pool.CheckReport;
import io.apiserverlb.pool.CheckResult;
import io.apiserverlb.pool.CloseReason;
import io.apiserverlb.pool.ConnectFailure;
import io.apiserverlb.pool.Lease;
import io.apiserverlb.pool.ListChange;
import io.apiserverlb.pool.Policy;
import io.apiserverlb.pool.Server;
import io.apiserverlb.pool.ServerAddress;
import io.apiserverlb.pool.TrafficListener;
import io.apiserverlb.testing.HeldPort;
import io.apiserverlb.testing.ManualClock;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class DialTest {

    @Test
    void spreadsSessionsOverTheServersInTurn() throws Exception {
        try (Greeter a = new Greeter("a");
                Greeter b = new Greeter("b");
                Greeter c = new Greeter("c");
                Balancer balancer = new Balancer.Builder()
                        .servers(a.port(), b.port(), c.port())
                        .start()) {

            List<String> greetings = greetings(balancer, 9);

            for (int i = 0; i < 9; i += 3) {
                assertThat(greetings.subList(i, i + 3)).containsExactlyInAnyOrder("a", "b", "c");
            }
        }
    }

    @Test
    void takesAnotherServerAtOnceWhenOneRefuses() throws Exception {
        try (HeldPort absent = new HeldPort();
                Greeter a = new Greeter("a");
                HeldPort other = new HeldPort();
                Balancer balancer = new Balancer.Builder()
                        .servers(absent.port(), a.port(), other.port())
                        .start()) {

            List<String> greetings = greetings(balancer, 10);

            assertThat(greetings).hasSize(10).containsOnly("a");
        }
    }

    @Test
    void givesASilentServerARivalAndDoesNotCountTheLoserAsFailed() throws Exception {
        try (BlackHole hole = new BlackHole();
                Greeter a = new Greeter("a");
                Balancer balancer = new Balancer.Builder()
                        .policy(Policy.ROUND_ROBIN)
                        .servers(hole.port(), a.port())
                        .start()) {
            List<ConnectFailure> failures = failures(balancer);

            long start = System.nanoTime();
            List<String> greetings = greetings(balancer, 4);

            assertThat(greetings).containsOnly("a");
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(900));
            assertThat(failures).isEmpty();
            assertThat(server(balancer, hole.port()).load().active()).isZero();
        }
    }

    @Test
    void givesASilentServerNoRivalThatIsBeingDrained() throws Exception {
        try (BlackHole hole = new BlackHole();
                Greeter drained = new Greeter("drained");
                Balancer balancer = new Balancer.Builder()
                        .dialing(Duration.ofSeconds(2), Duration.ofMillis(600), Duration.ofMillis(50))
                        .servers(hole.port(), drained.port())
                        .start()) {
            ServerAddress address = new ServerAddress("127.0.0.1", drained.port());
            balancer.pool.change(new ListChange.Patch(address, AdminState.DRAIN, null), OptionalLong.empty(), "test");

            assertThatThrownBy(() -> greetings(balancer, 1)).isInstanceOf(SocketException.class);

            assertThat(drained.accepted()).isZero();
            assertThat(server(balancer, drained.port()).load().active()).isZero();
        }
    }

    @Test
    void givesASilentServerARivalOnceThereIsOne() throws Exception {
        try (BlackHole hole = new BlackHole();
                Greeter drained = new Greeter("drained");
                Balancer balancer = new Balancer.Builder()
                        .dialing(Duration.ofMinutes(1), Duration.ofMinutes(1), Duration.ofMillis(50))
                        .servers(hole.port(), drained.port())
                        .start()) {
            ServerAddress address = new ServerAddress("127.0.0.1", drained.port());
            balancer.pool.change(new ListChange.Patch(address, AdminState.DRAIN, null), OptionalLong.empty(), "test");
            passes(balancer, hole.port());
            long requests = server(balancer, hole.port()).checkRequests();
            try (Socket client = balancer.connect()) {
                client.setSoTimeout(10_000);
                // Checked at once, as a server is that is late and has no rival.
                await().until(() -> server(balancer, hole.port()).checkRequests() > requests);

                balancer.pool.change(
                        new ListChange.Patch(address, AdminState.READY, null), OptionalLong.empty(), "test");

                assertThat(client.getInputStream().read()).isEqualTo('d');
            }
            assertThat(server(balancer, hole.port()).checkRequests()).isEqualTo(requests + 2);
        }
    }

    @Test
    void countsASilentServerAsFailedOnceItsTimeIsOver() throws Exception {
        try (BlackHole hole = new BlackHole();
                Greeter a = new Greeter("a");
                Balancer balancer = new Balancer.Builder()
                        .dialing(Duration.ofMillis(200), Duration.ofSeconds(3), Duration.ZERO)
                        .servers(hole.port(), a.port())
                        .start()) {
            List<ConnectFailure> failures = failures(balancer);

            List<String> greetings = greetings(balancer, 2);

            assertThat(greetings).containsOnly("a");
            assertThat(failures).containsExactly(ConnectFailure.TIMEOUT);
        }
    }

    @Test
    void resetsTheClientWhenNoServerIsLeft() throws Exception {
        try (HeldPort absent = new HeldPort();
                HeldPort other = new HeldPort();
                Balancer balancer = new Balancer.Builder()
                        .servers(absent.port(), other.port())
                        .start()) {
            assertThatThrownBy(() -> connectAndRead(balancer)).isInstanceOf(SocketException.class);
        }
    }

    /** The reset may come before the client knows that it is connected. */
    private static void connectAndRead(Balancer balancer) throws Exception {
        try (Socket client = balancer.connect()) {
            client.getInputStream().read();
        }
    }

    @Test
    void resetsTheClientWhenThereIsNoServer() throws Exception {
        try (Balancer balancer = new Balancer.Builder().start()) {

            assertThatThrownBy(() -> greetings(balancer, 1)).isInstanceOf(SocketException.class);
        }
    }

    @Test
    void triesTheOnlyServerOnceMoreAfterASecond() throws Exception {
        try (HeldPort absent = new HeldPort();
                Balancer balancer =
                        new Balancer.Builder().servers(absent.port()).start()) {
            List<ConnectFailure> failures = failures(balancer);
            long start = System.nanoTime();

            assertThatThrownBy(() -> connectAndRead(balancer)).isInstanceOf(SocketException.class);

            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isBetween(Duration.ofSeconds(1), Duration.ofSeconds(10));
            assertThat(server(balancer, absent.port()).load().failed()).isEqualTo(2);
            assertThat(failures).containsExactly(ConnectFailure.REFUSED, ConnectFailure.REFUSED);
        }
    }

    @Test
    void givesUpWhenTheBudgetIsSpent() throws Exception {
        try (BlackHole hole = new BlackHole();
                BlackHole other = new BlackHole();
                Balancer balancer = new Balancer.Builder()
                        .dialing(Duration.ofSeconds(5), Duration.ofMillis(300), Duration.ofMillis(100))
                        .servers(hole.port(), other.port())
                        .start();
                Socket client = balancer.connect()) {
            long start = System.nanoTime();

            assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);

            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
            assertThat(balancer.pool.list().servers())
                    .allSatisfy(server -> assertThat(server.load().active()).isZero());
        }
    }

    @Test
    void givesTheClaimBackWhenTheClientLeavesWhileConnecting() throws Exception {
        try (BlackHole hole = new BlackHole();
                Balancer balancer = new Balancer.Builder()
                        .dialing(Duration.ofSeconds(20), Duration.ofSeconds(20), Duration.ZERO)
                        .servers(hole.port())
                        .start()) {
            Socket client = balancer.connect();
            Server server = server(balancer, hole.port());
            await().until(() -> server.load().active() == 1);

            client.setSoLinger(true, 0);
            client.close();

            await().until(() -> server.load().active() == 0);
            await().until(() -> balancer.frontend.active() == 0);
            assertThat(server.load().failed()).isZero();
        }
    }

    @Test
    void servesAClientThatHasSentEverythingBeforeThereIsAServer() throws Exception {
        byte[] sent = new byte[200_000];
        new Random(1).nextBytes(sent);
        try (BlackHole hole = new BlackHole();
                ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                Balancer balancer = new Balancer.Builder()
                        .dialing(Duration.ofMillis(300), Duration.ofSeconds(5), Duration.ZERO)
                        .servers(hole.port())
                        .start();
                Socket client = balancer.connect()) {
            client.getOutputStream().write(sent);
            client.shutdownOutput();
            add(balancer, listening.getLocalPort());

            try (Socket server = listening.accept()) {
                assertThat(server.getInputStream().readAllBytes()).isEqualTo(sent);
                server.getOutputStream().write("answer\n".getBytes(UTF_8));
            }

            assertThat(Greeter.greeting(client)).isEqualTo("answer");
            assertThat(server(balancer, listening.getLocalPort()).load().bytesIn())
                    .isEqualTo(sent.length);
        }
    }

    @Test
    void waitsForADescriptorOfItsOwnOnItsOwnLoopAndBlamesNoServer() throws Exception {
        try (Greeter a = new Greeter("a");
                Balancer balancer = new Balancer.Builder().servers(a.port()).start()) {
            Transport poor = new PoorTransport(balancer.loops.transport(), 2, "Too many open files");
            EventLoop loop = balancer.loops.group().next();
            CompletableFuture<Boolean> onLoop = new CompletableFuture<>();
            Dialer dialer = new Dialer(
                    new Dialer.Settings(
                            Duration.ofSeconds(1),
                            Duration.ofSeconds(5),
                            Duration.ZERO,
                            Duration.ZERO,
                            ZeroServers.RESET),
                    balancer.pool,
                    balancer.options,
                    poor,
                    System::nanoTime);
            Dial dial = dialer.dial(loop, InetAddress.getLoopbackAddress(), new Dial.Result() {
                @Override
                public void connected(Leg server, Lease lease, Retries retries) {
                    onLoop.complete(loop.inEventLoop() && retries.count() == 2);
                    lease.close(CloseReason.CLIENT);
                    server.close(false);
                }

                @Override
                public void failed(List<DialFailure> failures, Retries retries) {
                    onLoop.completeExceptionally(new IllegalStateException(failures.toString()));
                }
            });

            loop.execute(dial::start);

            assertThat(onLoop.get(10, TimeUnit.SECONDS)).isTrue();
            Server server = server(balancer, a.port());
            assertThat(server.health().passive()).isZero();
            await().until(() -> server.load().active() == 0);
        }
    }

    @Test
    void letsAClientWaitForAServerIfItIsToldTo() throws Exception {
        try (HeldPort absent = new HeldPort();
                HeldPort other = new HeldPort();
                Greeter a = new Greeter("a");
                Balancer balancer = new Balancer.Builder()
                        .servers(absent.port(), other.port())
                        .zeroServers(ZeroServers.WAIT)
                        .start();
                Socket client = balancer.connect()) {
            client.setSoTimeout(500);
            assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
            client.setSoTimeout(1_000);

            add(balancer, a.port());

            assertThat(Greeter.greeting(client)).isEqualTo("a");
        }
    }

    @Test
    void triesAgainEachSecondForAClientThatWaits() throws Exception {
        Duration budget = Duration.ofSeconds(5);
        try (HeldPort absent = new HeldPort();
                HeldPort other = new HeldPort();
                Balancer balancer = new Balancer.Builder()
                        .servers(absent.port(), other.port())
                        .zeroServers(ZeroServers.WAIT)
                        .dialing(Duration.ofSeconds(1), budget, Duration.ofMillis(100))
                        .start()) {
            List<ConnectFailure> failures = failures(balancer);
            try (Socket client = balancer.connect()) {
                client.setSoTimeout(10_000);
                await().until(() -> failures.size() >= 6); // of both servers: at first, and twice again

                assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
                assertThat(failures).hasSizeLessThanOrEqualTo(12);
            }
        }
    }

    @Test
    void triesAnotherServerAtOnceWhenItCouldNotTryTheFirst() throws Exception {
        try (Greeter a = new Greeter("a");
                Greeter b = new Greeter("b");
                Balancer balancer =
                        new Balancer.Builder().servers(a.port(), b.port()).start()) {
            // As of an address family that this host does not have: no other attempt at that server will do better.
            Transport poor = new PoorTransport(balancer.loops.transport(), 1, "Cannot assign requested address");
            EventLoop loop = balancer.loops.group().next();
            CompletableFuture<Retries> connected = new CompletableFuture<>();
            Dialer.Settings settings = new Dialer.Settings(
                    Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ZERO, Duration.ZERO, ZeroServers.RESET);
            ManualClock clock = new ManualClock(); // stands still: what is to be done after a pause is never done
            Dialer dialer = new Dialer(settings, balancer.pool, balancer.options, poor, clock::nanos);
            Dial dial = dialer.dial(loop, InetAddress.getLoopbackAddress(), new Dial.Result() {
                @Override
                public void connected(Leg server, Lease lease, Retries retries) {
                    connected.complete(retries);
                    lease.close(CloseReason.CLIENT);
                    server.close(false);
                }

                @Override
                public void failed(List<DialFailure> failures, Retries retries) {
                    connected.completeExceptionally(new IllegalStateException(failures.toString()));
                }
            });

            loop.execute(dial::start);

            assertThat(connected.get(10, TimeUnit.SECONDS)).isEqualTo(new Retries(1, true));
        }
    }

    /** Has nothing to connect with for some times. */
    private static final class PoorTransport implements Transport {
        private final Transport rich;
        private final String message;
        private int poor;

        PoorTransport(Transport rich, int times, String message) {
            this.rich = rich;
            this.poor = times;
            this.message = message;
        }

        @Override
        public Listener listen(
                EventLoop loop, InetSocketAddress address, SocketOptions options, Listener.Arrivals arrivals)
                throws IOException {
            return rich.listen(loop, address, options, arrivals);
        }

        @Override
        public Listener adopt(EventLoop loop, int descriptor, SocketOptions options, Listener.Arrivals arrivals)
                throws IOException {
            return rich.adopt(loop, descriptor, options, arrivals);
        }

        @Override
        public Leg connect(EventLoop loop, InetSocketAddress target, SocketOptions options) throws IOException {
            if (poor > 0) {
                poor--;
                throw new IOException(message);
            }
            return rich.connect(loop, target, options);
        }

        @Override
        public Blocks blocks(EventLoop loop) {
            return rich.blocks(loop);
        }

        @Override
        public void close() {}
    }

    private static void add(Balancer balancer, int port) {
        ServerAddress address = new ServerAddress("127.0.0.1", port);
        balancer.pool.change(new ListChange.Add(address, null), OptionalLong.empty(), "test");
    }

    private static List<String> greetings(Balancer balancer, int clients) throws IOException {
        List<String> greetings = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            try (Socket client = balancer.connect()) {
                greetings.add(Greeter.greeting(client));
            } catch (IOException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
        return greetings;
    }

    private static List<ConnectFailure> failures(Balancer balancer) {
        List<ConnectFailure> failures = new CopyOnWriteArrayList<>();
        balancer.pool.subscribe(new TrafficListener() {
            @Override
            public void failedToConnect(ServerAddress server, ConnectFailure reason, long nanos) {
                failures.add(reason);
            }
        });
        return failures;
    }

    private static void passes(Balancer balancer, int port) {
        CheckResult passed =
                new CheckResult(CheckResult.Type.TCP, CheckResult.Code.L4OK, null, "ok", Duration.ZERO, Instant.EPOCH);
        balancer.pool.checked(new ServerAddress("127.0.0.1", port), new CheckReport(passed, null, null, null));
    }

    private static Server server(Balancer balancer, int port) {
        return balancer.pool.list().find(new ServerAddress("127.0.0.1", port)).orElseThrow();
    }
}
