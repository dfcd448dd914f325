package io.apiserverlb.failover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.apiserverlb.pool.Events;
import io.apiserverlb.pool.Health;
import io.apiserverlb.pool.Membership;
import io.apiserverlb.pool.Policy;
import io.apiserverlb.pool.Prefer;
import io.apiserverlb.pool.ServerAddress;
import io.apiserverlb.pool.ServerPool;
import io.apiserverlb.proxy.ClientRules;
import io.apiserverlb.proxy.ClosingRules;
import io.apiserverlb.proxy.Dialer;
import io.apiserverlb.proxy.EventLoops;
import io.apiserverlb.proxy.Frontend;
import io.apiserverlb.proxy.InheritedListeners;
import io.apiserverlb.proxy.ListenAddress;
import io.apiserverlb.proxy.Sessions;
import io.apiserverlb.proxy.SocketOptions;
import io.apiserverlb.proxy.ZeroServers;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.slf4j.LoggerFactory;

/**
 * Behind a cable: readers that pause, and peers that are unplugged, all at the defaults and at once.
 *
 * <p>Needs to be root, for network namespaces.
 */
@Tag("heavy")
@Timeout(180)
@Execution(ExecutionMode.CONCURRENT)
class StalledPeersIT {
    private static final Duration PAUSE = Duration.ofSeconds(60);
    private static final Duration UNPLUGGED_AFTER = Duration.ofSeconds(31);
    private static final Duration NOTICED_WITHIN = Duration.ofSeconds(26);
    private static final byte[] BULK = new byte[32 << 20];
    /** Of the balancer, which others in this process do not have. */
    private static final String NAME = "stalled-peers";
    /** Where the flags stand in a line of the session log. */
    private static final int FLAGS = 6;

    private final Logger logger = (Logger) LoggerFactory.getLogger("apiserver-lb.session");
    private final Lines log = new Lines();
    private final EventLoops loops = new EventLoops("lb-failover", 2, System::nanoTime);
    private final List<RemoteHost> hosts = new ArrayList<>();
    private ServerSocket server;
    private Frontend frontend;

    @BeforeEach
    void start() throws Exception {
        assumeThat(RemoteHost.possible())
                .as("network namespaces can be made: needs root and ip")
                .isTrue();
        new Random(1).nextBytes(BULK);
        log.start();
        logger.addAppender(log);
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        inBackground(this::serve);
        frontend = balancer(server.getLocalPort());
        frontend.bind(InheritedListeners.NONE);
    }

    @AfterEach
    void stop() throws Exception {
        for (RemoteHost host : hosts) {
            host.close();
        }
        logger.detachAppender(log);
        loops.close();
        if (server != null) {
            server.close();
        }
    }

    @Test
    void keepsAReaderThatPausesAndEndsThoseThatAreUnpluggedSayingWhy() throws Exception {
        RemoteHost well = host(1);
        RemoteHost doomed = host(2);
        long start = System.nanoTime();
        Process paused = well.read(port(), 'b');
        BufferedReader pausedOutput = paused.inputReader();
        String survivor = pausedOutput.readLine();
        String idle = doomed.read(port(), 'i').inputReader().readLine();
        String pausing = doomed.read(port(), 'b').inputReader().readLine();
        Process streaming = doomed.read(port(), 'c');
        String reading = streaming.inputReader().readLine();
        tell(streaming);

        until(start, UNPLUGGED_AFTER);
        assertThat(List.of(idle, pausing, reading))
                .as("still there")
                .allMatch(client -> flags(client).isEmpty());
        doomed.unplug();
        long unplugged = System.nanoTime();
        await().pollInterval(Duration.ofMillis(50)).atMost(NOTICED_WITHIN).untilAsserted(() -> {
            assertThat(flags(reading)).as("one with bytes under way").contains("cD");
            assertThat(flags(idle)).as("an idle one").contains("cD");
            assertThat(flags(pausing)).as("one that had been pausing").contains("cD");
        });
        System.err.println("unplugged ones were noticed in "
                + Duration.ofNanos(System.nanoTime() - unplugged).toMillis() + " ms");

        until(start, PAUSE.plusSeconds(1));
        assertThat(flags(survivor)).as("the one that pauses").isEmpty();
        tell(paused);
        CRC32 sum = new CRC32();
        sum.update(BULK);
        assertThat(pausedOutput.readLine()).isEqualTo(Long.toString(sum.getValue()));
        await().untilAsserted(() -> assertThat(flags(survivor)).contains("--"));
    }

    private RemoteHost host(int number) throws Exception {
        RemoteHost host = RemoteHost.plugged(number);
        hosts.add(host);
        return host;
    }

    private static void tell(Process reader) throws IOException {
        reader.getOutputStream().write('\n');
        reader.getOutputStream().flush();
    }

    private static void until(long start, Duration elapsed) {
        await().atMost(elapsed.plusSeconds(1)).until(() -> System.nanoTime() - start >= elapsed.toNanos());
    }

    /** The termination flags of a client that is known by its port, once its session has ended. */
    private Optional<String> flags(String port) {
        return log.lines.stream()
                .map(line -> line.split(" ", -1))
                .filter(fields -> fields[0].endsWith(":" + port) && fields[2].startsWith(NAME + "/"))
                .map(fields -> fields[FLAGS])
                .findFirst();
    }

    private int port() {
        return frontend.listeners().get(0).getPort();
    }

    private Frontend balancer(int serverPort) {
        Events events = new Events(InstantSource.system());
        ServerPool pool = new ServerPool(
                new ServerPool.Settings(
                        Policy.ROUND_ROBIN,
                        Prefer.NONE,
                        new Health.Thresholds(2, 3, 1),
                        Duration.ZERO,
                        Duration.ofMinutes(10),
                        "node"),
                new ServerPool.Memory(
                        1,
                        new Membership(
                                List.of(), List.of(new ServerAddress("127.0.0.1", serverPort)), List.of(), Map.of()),
                        Map.of()),
                address -> false,
                InetAddress::isLoopbackAddress,
                InstantSource.system(),
                System::nanoTime,
                new Random(1),
                events);
        SocketOptions options = new SocketOptions(
                new SocketOptions.Settings(Duration.ofSeconds(10), Duration.ofSeconds(5), 3, Duration.ofSeconds(20)));
        Dialer dialer = new Dialer(
                new Dialer.Settings(
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(10),
                        Duration.ofMillis(250),
                        Duration.ofMillis(500),
                        ZeroServers.RESET),
                pool,
                options,
                loops,
                System::nanoTime);
        Sessions sessions = new Sessions(
                NAME,
                new Sessions.Settings(
                        Duration.ofMinutes(1),
                        new ClosingRules(
                                Duration.ofSeconds(30),
                                ClosingRules.OnDown.CLOSE,
                                ClosingRules.OnRemoved.DRAIN,
                                ClosingRules.FailBack.PACED),
                        true,
                        new Sessions.Lifetime(Duration.ZERO, Duration.ZERO)),
                pool,
                dialer,
                options,
                loops,
                System::nanoTime,
                new Random(1));
        return new Frontend(
                new Frontend.Settings(
                        List.of(ListenAddress.parse("0.0.0.0:0")),
                        100,
                        new ClientRules(List.of(), List.of(), 0),
                        ZeroServers.RESET),
                sessions,
                pool,
                options,
                events,
                loops);
    }

    private void serve() {
        try {
            while (true) {
                Socket client = server.accept();
                inBackground(() -> answer(client));
            }
        } catch (IOException closed) {
            // the test is over
        }
    }

    /** Sends much and then ends, or a little again and again, or nothing. */
    private static void answer(Socket client) {
        try (client) {
            int request = client.getInputStream().read();
            OutputStream output = client.getOutputStream();
            if (request == 'b') {
                output.write(BULK);
                client.shutdownOutput();
            }
            while (request == 'c') {
                output.write(BULK, 0, 1_000);
                LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
            }
            client.getInputStream().read();
        } catch (IOException broken) {
            // the client may do as it likes
        }
    }

    /** What is logged, by each loop when it pleases. */
    private static final class Lines extends AppenderBase<ILoggingEvent> {
        private final Queue<String> lines = new ConcurrentLinkedQueue<>();

        @Override
        protected void append(ILoggingEvent event) {
            lines.add(event.getFormattedMessage());
        }
    }

    private static void inBackground(Runnable task) {
        Thread thread = new Thread(task, "failover-server");
        thread.setDaemon(true);
        thread.start();
    }
}
