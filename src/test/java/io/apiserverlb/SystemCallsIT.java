package io.apiserverlb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apiserverlb.testing.Background;
import io.apiserverlb.testing.Budget;
import io.apiserverlb.testing.TestSession;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** The system calls of the event loop, counted, against a stored budget: no measure of time, so that a busy machine changes nothing. */
@Timeout(60)
@Isolated // what runs beside it could connect to a port that was somebody else's before
class SystemCallsIT {
    private static final int UNITS = 200;
    private static final int WARM_UP = 50;
    private static final int MEBIBYTE = 1 << 20;
    private static final int BULK = 64;
    /** Of the event loop's memory for reads, and how many reads that filled it make bulk. */
    private static final int READ_SIZE = 65_536;

    private static final int BULK_AFTER = 2;

    @TempDir
    static Path folder;

    private static ServerSocket listening;
    private static Service service;
    private static int port;

    private interface Work {
        void run() throws IOException;
    }

    @BeforeAll
    static void start() throws Exception {
        Strace.require();
        listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        service = Service.startOnOneProcessor(
                folder,
                "--lb.server-addresses=127.0.0.1:" + listening.getLocalPort(),
                "--lb.connect.hedge-after=0",
                "--lb.connect.handshake-hedge-after=0",
                "--lb.check.type=tcp",
                "--lb.check.interval=3650d");
        await().atMost(Duration.ofSeconds(60)).until(() -> service.log().contains(" is up"));
        forgetChecks();
        port = service.port();
        service.webPort(); // then it has started, and its own work is done
        for (int i = 0; i < WARM_UP; i++) {
            session().endByClient();
            session().endByServer();
        }
    }

    private static void forgetChecks() throws IOException {
        listening.setSoTimeout(1000);
        try {
            while (true) {
                listening.accept().close();
            }
        } catch (SocketTimeoutException e) {
            // there is no more
        }
    }

    @AfterAll
    static void stop() throws IOException {
        if (service != null) {
            service.close();
            listening.close();
        }
    }

    private static TestSession session() throws IOException {
        TestSession session = TestSession.open(port, listening);
        session.roundTrip();
        return session;
    }

    private static Strace strace() throws IOException {
        return Strace.attach(folder, service.pid(), "lb-io-");
    }

    /** What a unit of this work costs, if it is so many. */
    private static Map<String, Double> costs(int units, Work work) throws IOException {
        try (Strace strace = strace()) {
            work.run();
            return costs(units, strace);
        }
    }

    private static Map<String, Double> costs(int units, Strace strace) {
        Map<String, Double> costs = new TreeMap<>();
        strace.calls().forEach((call, count) -> costs.put(call, (double) count / units));
        return costs;
    }

    @Test
    void aRequestOnAKeptConnectionIsReadAndWrittenOnceEachWay() throws Exception {
        TestSession session = session();

        Map<String, Double> costs = costs(UNITS, () -> {
            for (int i = 0; i < UNITS; i++) {
                session.roundTrip();
            }
        });

        Budget.of("request").check(costs);
        session.endByClient();
    }

    @Test
    void aSessionThatTheClientEndsStaysInItsBudget() throws Exception {
        Map<String, Double> costs = costs(UNITS, () -> {
            for (int i = 0; i < UNITS; i++) {
                session().endByClient();
            }
        });

        Budget.of("session-ended-by-client").check(costs);
    }

    @Test
    void aSessionThatTheServerEndsStaysInItsBudget() throws Exception {
        Map<String, Double> costs = costs(UNITS, () -> {
            for (int i = 0; i < UNITS; i++) {
                session().endByServer();
            }
        });

        Budget.of("session-ended-by-server").check(costs);
    }

    @Test
    void bulkGoesThroughPipesBothWays() throws Exception {
        TestSession session = session();

        try (Strace strace = strace()) {
            pass(session.client(), session.server());
            pass(session.server(), session.client());

            Map<String, Double> costs = costs(2 * BULK, strace);
            assertThat(costs).containsKey("splice");
            Budget.of("bulk").check(costs);
            assertThat(strace.longestRunOfReads(READ_SIZE)).isLessThanOrEqualTo(BULK_AFTER);
        }
        session.endByClient();
    }

    private static void pass(Socket from, Socket to) throws IOException {
        CompletableFuture<Void> sending = Background.run(() -> send(from));
        InputStream arriving = to.getInputStream();
        for (int i = 0; i < BULK; i++) {
            assertThat(arriving.readNBytes(MEBIBYTE)).hasSize(MEBIBYTE);
        }
        sending.join();
    }

    private static void send(Socket to) {
        try {
            OutputStream out = to.getOutputStream();
            for (int i = 0; i < BULK; i++) {
                out.write(new byte[MEBIBYTE]);
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
