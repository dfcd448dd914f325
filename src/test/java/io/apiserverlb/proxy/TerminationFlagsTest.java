package io.apiserverlb.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apiserverlb.pool.AdminState;
import io.apiserverlb.pool.Certificate;
import io.apiserverlb.pool.CheckReport;
import io.apiserverlb.pool.CheckResult;
import io.apiserverlb.pool.CloseReason;
import io.apiserverlb.pool.ConnectFailure;
import io.apiserverlb.pool.ListChange;
import io.apiserverlb.pool.Policy;
import io.apiserverlb.pool.Rejection;
import io.apiserverlb.pool.Server;
import io.apiserverlb.pool.ServerAddress;
import io.apiserverlb.testing.HeldPort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;

/** Every pair of termination flags that there is, each with the whole line: a test's tag is the pair that it brings about. */
@Timeout(30)
@SuppressWarnings("NullAway.Init") // a test begins by bringing about how far the session has come
class TerminationFlagsTest {
    private static final Duration NEVER = Duration.ofMinutes(5);
    private static final Duration SOON = Duration.ofMillis(200);
    private static final String RELAYED = "5 2";
    private static final String NOTHING = "0 0";

    private final SessionLines log = new SessionLines();
    private final List<AutoCloseable> open = new ArrayList<>();
    /** Nanoseconds that sessions have lived through in no time. */
    private final AtomicLong skipped = new AtomicLong();

    private String flags = "";
    private Balancer balancer;
    private ServerSocket listening;
    private Socket client;
    private Socket server;
    private Session session;
    private String expectedStart = "";

    @BeforeEach
    void begin(TestInfo test) throws Exception {
        flags = test.getTags().stream().findFirst().orElse("");
        listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        open.add(listening);
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
        log.close();
    }

    // ---- relaying

    @Test
    @Tag("--")
    void bothSidesSaidAllTheyHadToSay() throws Exception {
        relaying(builder());

        client.shutdownOutput();
        assertThat(server.getInputStream().read()).isEqualTo(-1);
        server.close();

        assertRelayed();
    }

    @Test
    @Tag("CD")
    void theClientBrokeTheConnection() throws Exception {
        relaying(builder());

        reset(client);

        assertRelayed();
    }

    /** The end of the server's half is to be passed on to a connection that is none any more. */
    @Test
    @Tag("CD")
    void theClientBrokeTheConnectionWhenTheServerHadSaidAll() throws Exception {
        relaying(builder());
        CountDownLatch bothCame = new CountDownLatch(1);
        session.client().loop().execute(() -> awaitUninterruptibly(bothCame));

        server.shutdownOutput();
        reset(client);
        bothCame.countDown();

        assertRelayed();
    }

    @Test
    @Tag("SD")
    void theServerBrokeTheConnection() throws Exception {
        relaying(builder());

        reset(server);

        assertRelayed();
    }

    @Test
    @Tag("cD")
    void theClientWasIdle() throws Exception {
        relaying(builder().lifetime(NEVER, Duration.ZERO));

        skipTime();

        assertRelayed();
    }

    @Test
    @Tag("cD")
    void theClientVanished() throws Exception {
        relaying(builder());

        breaks(Side.CLIENT, new IOException("Connection timed out"));

        assertRelayed();
    }

    @Test
    @Tag("cD")
    void theClientDidNotEndItsHalf() throws Exception {
        relaying(builder().halfCloseTimeout(SOON));

        server.shutdownOutput();

        assertRelayed();
    }

    @Test
    @Tag("cD")
    void theClientHadEndedItsHalfAndDidNotTakeWhatItAskedFor() throws Exception {
        relaying(builder());
        client.shutdownOutput();
        Thread sending = new Thread(this::sendUntilItBreaks, "sender");
        sending.start();
        open.add(sending::join);

        AtomicBoolean ended = new AtomicBoolean();
        soon().until(() -> {
            onLoop(() -> {
                if (session.client().isBlocked()) { // not only for as long as its socket's buffer grows
                    session.end(Ending.halfClosed(session.waitsFor()));
                    ended.set(true);
                }
            });
            return ended.get();
        });

        assertLine(serverName(), "0/\\d+/\\d+", "5 \\d{5,}", "0");
    }

    @Test
    @Tag("sD")
    void theServerDidNotAnswer() throws Exception {
        relaying(builder().lifetime(NEVER, Duration.ZERO));
        client.getOutputStream().write(new byte[5]);
        assertThat(server.getInputStream().readNBytes(5)).hasSize(5);

        skipTime();

        assertLine(serverName(), "0/\\d+/\\d+", "10 2", "0");
    }

    @Test
    @Tag("sD")
    void theServerVanished() throws Exception {
        relaying(builder());

        breaks(Side.SERVER, new IOException("No route to host"));

        assertRelayed();
    }

    @Test
    @Tag("sD")
    void theServerDidNotEndItsHalf() throws Exception {
        relaying(builder().halfCloseTimeout(SOON));

        client.shutdownOutput();

        assertRelayed();
    }

    @Test
    @Tag("RD")
    void noMemoryWasLeftToPassBytesOn() throws Exception {
        relaying(builder());

        breaks(Side.SERVER, new IOException("No buffer space available"));

        assertRelayed();
    }

    @Test
    @Tag("ID")
    void thisProgramMadeAMistakeWhileRelaying() throws Exception {
        relaying(builder());

        breaks(Side.CLIENT, new IllegalStateException("for the test"));

        assertRelayed();
    }

    @Test
    @Tag("DD")
    void theServerIsNotTheOneThatItShouldBe() throws Exception {
        relaying(builder());

        Certificate foreign = new Certificate(
                Certificate.Identity.REFUSED, "for the test", Instant.EPOCH, Instant.MAX, "CN=other", List.of());
        check(listening.getLocalPort(), CheckResult.Code.L7OK, foreign);

        assertRelayed();
    }

    @Test
    @Tag("DD")
    void theServerIsDownAndAnotherIsNot() throws Exception {
        relaying(builder());
        int other = another();
        check(other, CheckResult.Code.L7OK, null);

        for (int i = 0; i < 3; i++) {
            check(listening.getLocalPort(), CheckResult.Code.L4CON, null);
            check(other, CheckResult.Code.L7OK, null);
        }

        assertRelayed();
    }

    @Test
    @Tag("DD")
    void theServerIsNotReadyAndAnotherIs() throws Exception {
        relaying(builder().drain(SOON, ClosingRules.OnRemoved.DRAIN));
        int other = another();
        check(other, CheckResult.Code.L7OK, null);

        check(listening.getLocalPort(), CheckResult.Code.L7STS, null);
        check(other, CheckResult.Code.L7OK, null);

        assertRelayed();
    }

    @Test
    @Tag("UD")
    void aListedServerIsUsableAgain() throws Exception {
        relaying(new Balancer.Builder()
                .dialing(NEVER, NEVER, Duration.ZERO)
                .failBack(ClosingRules.FailBack.NOW)
                .seed(listening.getLocalPort()));

        another();

        assertRelayed();
    }

    @Test
    @Tag("KD")
    void anOperatorClosedTheSession() throws Exception {
        relaying(builder());

        closeByOperator();

        assertRelayed();
    }

    @Test
    @Tag("KD")
    void anOperatorDrainsTheServer() throws Exception {
        relaying(builder().drain(SOON, ClosingRules.OnRemoved.DRAIN));

        balancer.pool.change(new ListChange.Patch(address(), AdminState.DRAIN, null), OptionalLong.empty(), "test");

        assertRelayed();
    }

    @Test
    @Tag("KD")
    void anOperatorTookTheServerIntoMaintenance() throws Exception {
        relaying(builder().drain(SOON, ClosingRules.OnRemoved.DRAIN));

        balancer.pool.change(new ListChange.Patch(address(), AdminState.MAINT, null), OptionalLong.empty(), "test");

        assertRelayed();
    }

    @Test
    @Tag("MD")
    void theSessionWasOldEnough() throws Exception {
        relaying(builder().lifetime(Duration.ZERO, NEVER));

        skipTime();

        assertRelayed();
    }

    @Test
    @Tag("BD")
    void theServerHadMoreThanItsShare() throws Exception {
        relaying(builder().policy(Policy.LEAST_CONNECTIONS).drain(SOON, ClosingRules.OnRemoved.DRAIN));
        try (Socket busy = balancer.connect();
                Socket accepted = listening.accept()) {
            soon().until(() -> only().load().total() == 2);
            another();
            soon().until(() -> balancer.loops.coarseNanos() - session.lastActive() > 0);
            accepted.getOutputStream().write(1);
            assertThat(busy.getInputStream().read()).isEqualTo(1);

            new AllSessions(balancer.sessions, List.of()).rebalance(50);

            assertLine(serverName(), "0/\\d+/\\d+", RELAYED, "0", 1);
        }
    }

    @Test
    @Tag("XD")
    void theServerWasTakenOffTheList() throws Exception {
        relaying(builder().drain(NEVER, ClosingRules.OnRemoved.CLOSE));

        balancer.pool.change(new ListChange.Replace(List.of()), OptionalLong.empty(), "test");

        assertRelayed();
    }

    @Test
    @Tag("ZD")
    void theBalancerStopsWhileRelaying() throws Exception {
        relaying(builder());

        balancer.sessions.shutDown(Duration.ZERO);

        assertRelayed();
    }

    // ---- connecting

    @Test
    @Tag("CC")
    void theClientLeftBeforeItHadAServer() throws Exception {
        connecting(builder());

        reset(client);

        assertNotConnected();
    }

    @Test
    @Tag("cC")
    void theClientVanishedBeforeItHadAServer() throws Exception {
        connecting(builder());

        breaks(Side.CLIENT, new IOException("Connection timed out"));

        assertNotConnected();
    }

    @Test
    @Tag("SC")
    void everyServerRefused() throws Exception {
        try (HeldPort one = new HeldPort();
                HeldPort other = new HeldPort()) {
            start(builder().servers(one.port(), other.port()));

            connect();

            assertLine("127\\.0\\.0\\.1:\\d+", "0/-1/\\d+", NOTHING, "\\+1");
        }
    }

    @Test
    @Tag("SC")
    void thereIsNoServer() throws Exception {
        start(builder().servers());

        connect();

        assertLine("<NOSRV>", "-1/-1/\\d+", NOTHING, "0");
    }

    @Test
    @Tag("sC")
    void noServerAnsweredInTime() throws Exception {
        connecting(builder().dialing(NEVER, SOON, Duration.ZERO));

        assertNotConnected();
    }

    @Test
    @Tag("sC")
    void theSessionWasIdleBeforeItHadAServer() throws Exception {
        connecting(builder().lifetime(SOON, Duration.ZERO));

        assertNotConnected();
    }

    @Test
    @Tag("RC")
    void noDescriptorWasLeftToConnectWith() throws Exception {
        connecting(builder());
        DialFailure poor = new DialFailure(only().address(), ConnectFailure.LOCAL, "too many open files");

        onLoop(() -> session.unserved(List.of(poor), Retries.NONE));

        assertNotConnected();
    }

    @Test
    @Tag("IC")
    void thisProgramMadeAMistakeWhileConnecting() throws Exception {
        connecting(builder());

        breaks(Side.CLIENT, new IllegalStateException("for the test"));

        assertNotConnected();
    }

    @Test
    @Tag("KC")
    void anOperatorClosedTheSessionBeforeItHadAServer() throws Exception {
        connecting(builder());

        closeByOperator();

        assertNotConnected();
    }

    @Test
    @Tag("MC")
    void theSessionWasOldEnoughBeforeItHadAServer() throws Exception {
        connecting(builder().lifetime(Duration.ZERO, SOON));

        assertNotConnected();
    }

    @Test
    @Tag("ZC")
    void theBalancerStopsWhileConnecting() throws Exception {
        connecting(builder());

        balancer.sessions.shutDown(Duration.ZERO);

        assertNotConnected();
    }

    // ---- waiting for a server

    @Test
    @Tag("CQ")
    void theClientLeftWhileItWaited() throws Exception {
        queued(NEVER, Duration.ZERO);

        reset(client);

        assertQueued();
    }

    @Test
    @Tag("cQ")
    void theClientVanishedWhileItWaited() throws Exception {
        queued(NEVER, Duration.ZERO);

        breaks(Side.CLIENT, new IOException("Connection timed out"));

        assertQueued();
    }

    @Test
    @Tag("sQ")
    void noServerCameInTime() throws Exception {
        queued(SOON, Duration.ZERO);

        assertQueued();
    }

    @Test
    @Tag("RQ")
    void noMemoryWasLeftWhileTheClientWaited() throws Exception {
        queued(NEVER, Duration.ZERO);

        breaks(Side.CLIENT, new OutOfMemoryError("for the test"));

        assertQueued();
    }

    @Test
    @Tag("IQ")
    void thisProgramMadeAMistakeWhileTheClientWaited() throws Exception {
        queued(NEVER, Duration.ZERO);

        breaks(Side.CLIENT, new IllegalStateException("for the test"));

        assertQueued();
    }

    @Test
    @Tag("KQ")
    void anOperatorClosedTheSessionWhileItWaited() throws Exception {
        queued(NEVER, Duration.ZERO);

        closeByOperator();

        assertQueued();
    }

    @Test
    @Tag("MQ")
    void theSessionWasOldEnoughWhileItWaited() throws Exception {
        queued(NEVER, SOON);

        assertQueued();
    }

    @Test
    @Tag("ZQ")
    void theBalancerStopsWhileTheClientWaits() throws Exception {
        queued(NEVER, Duration.ZERO);

        balancer.sessions.shutDown(Duration.ZERO);

        assertQueued();
    }

    // ---- none is missing

    @Test
    void everyPairHasATest() {
        List<String> tested = Stream.of(TerminationFlagsTest.class.getDeclaredMethods())
                .flatMap(method -> Stream.of(method.getAnnotationsByType(Tag.class)))
                .map(Tag::value)
                .distinct()
                .toList();

        assertThat(tested).containsExactlyInAnyOrderElementsOf(pairs());
    }

    @Test
    void everyPairIsDocumented() throws Exception {
        Matcher rows = Pattern.compile("(?m)^\\| `(..)` \\|").matcher(Files.readString(Path.of("docs/session-log.md")));

        assertThat(rows.results().map(row -> row.group(1)).toList()).containsExactlyInAnyOrderElementsOf(pairs());
    }

    @Test
    void everyReasonThatIsDocumentedIsOneOfItsMetric() throws Exception {
        Matcher rows = Pattern.compile("(?m)^\\| `.(.)` \\|[^|]*\\|([^|]*)\\|")
                .matcher(Files.readString(Path.of("docs/session-log.md")));

        assertThat(rows.results().toList()).hasSameSizeAs(pairs()).allSatisfy(row -> {
            boolean noServer = "QC".contains(row.group(1));
            Stream<String> counted = noServer ? names(Rejection.values()) : names(CloseReason.values());
            String reasons = row.group(2).replaceAll("\\([^)]*\\)", "");
            assertThat(Stream.concat(counted, noServer ? Stream.of("–") : Stream.empty()))
                    .containsAll(
                            Stream.of(reasons.split(",", -1)).map(String::strip).toList());
        });
    }

    private static Stream<String> names(Enum<?>[] values) {
        return Arrays.stream(values).map(value -> value.name().toLowerCase(Locale.ROOT));
    }

    private static List<String> pairs() {
        return Arrays.stream(Cause.values())
                .flatMap(cause -> cause.phases().chars().mapToObj(phase -> "" + cause.letter() + (char) phase))
                .toList();
    }

    // ---- how sessions come that far

    private Balancer.Builder builder() {
        return new Balancer.Builder()
                .dialing(NEVER, NEVER, Duration.ZERO)
                .servers(listening.getLocalPort())
                .sessionTime(() -> System.nanoTime() + skipped.get());
    }

    private void start(Balancer.Builder builder) {
        balancer = builder.start();
        open.add(0, balancer);
    }

    private void connect() throws Exception {
        InetSocketAddress listener = balancer.frontend.listeners().get(0);
        client = new Socket();
        open.add(0, client);
        client.bind(new InetSocketAddress(listener.getAddress(), 0));
        expectedStart = text(client.getLocalSocketAddress()) + " " + text(listener) + " test/";
        try {
            client.connect(listener);
        } catch (SocketException refused) {
            // The reset may come before the client knows that it is connected.
        }
    }

    /** Five bytes have gone to the server and two have come from it. */
    private void relaying(Balancer.Builder builder) throws Exception {
        start(builder);
        connect();
        server = listening.accept();
        open.add(0, server);
        client.getOutputStream().write(new byte[5]);
        assertThat(server.getInputStream().readNBytes(5)).hasSize(5);
        server.getOutputStream().write(new byte[2]);
        assertThat(client.getInputStream().readNBytes(2)).hasSize(2);
        findSession();
    }

    private void connecting(Balancer.Builder builder) throws Exception {
        BlackHole hole = new BlackHole();
        open.add(hole);
        start(builder.servers(hole.port()));
        connect();
        soon().until(() -> only().load().active() == 1 || !log.all().isEmpty());
        findSession();
    }

    private void queued(Duration budget, Duration maxAge) throws Exception {
        start(new Balancer.Builder()
                .dialing(NEVER, budget, Duration.ZERO)
                .zeroServers(ZeroServers.WAIT)
                .lifetime(Duration.ZERO, maxAge));
        connect();
        findSession();
    }

    /** Once it has begun, unless it has ended. */
    private void findSession() throws Exception {
        soon().until(() -> !balancer.sessions.live().isEmpty() || !log.all().isEmpty());
        for (Session each : balancer.sessions.live()) {
            session = each;
            onLoop(() -> {});
        }
    }

    // ---- what happens to them

    private static ConditionFactory soon() {
        return await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(5));
    }

    private void onLoop(Runnable task) throws Exception {
        session.client().loop().submit(task).get();
    }

    /** More than any limit of a session; only begun when all that was sent has been taken in, however long that took. */
    private void skipTime() throws Exception {
        onLoop(() -> {});
        skipped.set(NEVER.multipliedBy(2).toNanos());
    }

    private void breaks(Side side, Throwable cause) throws Exception {
        onLoop(() -> session.broken(side, Ending.brokenBy(side, cause)));
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void reset(Socket socket) throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    private void closeByOperator() {
        assertThat(new AllSessions(balancer.sessions, List.of()).close(session.id()))
                .isTrue();
    }

    private void sendUntilItBreaks() {
        try {
            while (true) {
                server.getOutputStream().write(new byte[1 << 16]);
            }
        } catch (IOException broken) {
            // as it must
        }
    }

    /** Another server that is in the list from now on. */
    private int another() throws Exception {
        ServerSocket other = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        open.add(other);
        ServerAddress address = new ServerAddress("127.0.0.1", other.getLocalPort());
        balancer.pool.change(new ListChange.Add(address, null), OptionalLong.empty(), "test");
        return other.getLocalPort();
    }

    private void check(int port, CheckResult.Code code, @Nullable Certificate certificate) {
        CheckResult result = new CheckResult(
                CheckResult.Type.HTTPS, code, null, "for the test", Duration.ofMillis(1), Instant.now());
        balancer.pool.checked(new ServerAddress("127.0.0.1", port), new CheckReport(result, certificate, null, null));
    }

    private Server only() {
        return balancer.pool.list().servers().iterator().next();
    }

    private ServerAddress address() {
        return new ServerAddress("127.0.0.1", listening.getLocalPort());
    }

    // ---- what the log says

    private void assertRelayed() {
        assertLine(serverName(), "0/\\d+/\\d+", RELAYED, "0");
    }

    private void assertNotConnected() {
        assertLine(Pattern.quote(only().address().toString()), "0/-1/\\d+", NOTHING, "0");
    }

    private void assertQueued() {
        assertLine("<NOSRV>", "\\d+/-1/\\d+", NOTHING, "0");
    }

    private void assertLine(String name, String times, String bytes, String retries) {
        assertLine(name, times, bytes, retries, 0);
    }

    private void assertLine(String name, String times, String bytes, String retries, int others) {
        String rest = String.join(" ", name, times, bytes, Pattern.quote(flags), retries, Integer.toString(others));
        soon().untilAsserted(() -> assertThat(log.all())
                .singleElement()
                .asString()
                .matches(Pattern.compile(Pattern.quote(expectedStart) + rest)));
    }

    private String serverName() {
        return Pattern.quote(address().toString());
    }

    private static String text(SocketAddress address) {
        InetSocketAddress ip = (InetSocketAddress) address;
        return ip.getAddress().getHostAddress() + ":" + ip.getPort();
    }
}
