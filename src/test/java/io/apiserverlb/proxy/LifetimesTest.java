package io.apiserverlb.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.apiserverlb.pool.CloseReason;
import io.apiserverlb.pool.ServerAddress;
import io.apiserverlb.pool.TrafficListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class LifetimesTest {
    private static final Duration IDLE = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final List<CloseReason> reasons = new CopyOnWriteArrayList<>();
    private final SessionLines log = new SessionLines();
    private ServerSocket listening;

    @BeforeEach
    void listen() throws Exception {
        listening = new ServerSocket(0);
    }

    @AfterEach
    void close() throws Exception {
        log.close();
        listening.close();
    }

    @Test
    void endsAnIdleSessionSoonAfterItsTimeAndSaysThatTheClientWasWaitedFor() throws Exception {
        try (Balancer balancer = balancer(IDLE, Duration.ZERO);
                Socket client = balancer.connect();
                Socket server = listening.accept()) {
            client.setSoTimeout((int) PATIENCE.toMillis());
            long start = System.nanoTime();
            server.getOutputStream().write(1);
            assertThat(client.getInputStream().read()).isEqualTo(1);

            assertThat(client.getInputStream().read()).isEqualTo(-1);

            assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(IDLE, PATIENCE);
            await().untilAsserted(() -> assertThat(reasons).containsExactly(CloseReason.IDLE));
            assertThat(log.flags()).containsExactly("cD");
        }
    }

    @Test
    void saysThatTheServerWasWaitedForIfItDidNotAnswer() throws Exception {
        try (Balancer balancer = balancer(IDLE, Duration.ZERO);
                Socket client = balancer.connect();
                Socket server = listening.accept()) {
            client.getOutputStream().write(1);
            assertThat(server.getInputStream().read()).isEqualTo(1);

            assertThat(server.getInputStream().read()).isEqualTo(-1);

            await().untilAsserted(() -> assertThat(log.flags()).containsExactly("sD"));
        }
    }

    @Test
    void keepsASessionOnWhichSomethingMovesInEitherDirection() throws Exception {
        Duration idle = Duration.ofSeconds(2);
        Duration pause = Duration.ofMillis(500);
        int pauses = 5; // longer together than a session may be idle, so that either direction has to count
        try (Balancer balancer = balancer(idle, Duration.ZERO);
                Socket client = balancer.connect();
                Socket server = listening.accept()) {
            for (int i = 0; i < 2 * pauses; i++) {
                Socket from = i < pauses ? client : server;
                Socket to = i < pauses ? server : client;
                from.setSoTimeout((int) pause.toMillis());
                to.setSoTimeout((int) PATIENCE.toMillis());
                assertThatThrownBy(() -> from.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
                from.getOutputStream().write(i);
                assertThat(to.getInputStream().read()).isEqualTo(i);
            }

            assertThat(reasons).isEmpty();
        }
    }

    @Test
    void doesNotPassAHalfClosedSessionOffAsComplete() throws Exception {
        try (Balancer balancer = balancer(IDLE, Duration.ZERO);
                Socket client = balancer.connect();
                Socket server = listening.accept()) {
            client.shutdownOutput();
            assertThat(server.getInputStream().read()).isEqualTo(-1);

            assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);

            await().untilAsserted(() -> assertThat(log.flags()).containsExactly("sD"));
        }
    }

    @Test
    void endsASessionThatIsStillConnecting() throws Exception {
        try (BlackHole hole = new BlackHole();
                Balancer balancer = new Balancer.Builder()
                        .lifetime(IDLE, Duration.ZERO)
                        .dialing(PATIENCE, PATIENCE, Duration.ZERO)
                        .servers(hole.port())
                        .start();
                Socket client = balancer.connect()) {
            assertThat(client.getInputStream().read()).isEqualTo(-1);

            await().until(() -> balancer.frontend.active() == 0);
            assertThat(log.flags()).containsExactly("sC");
            assertThat(balancer.pool.list().servers())
                    .allMatch(server -> server.load().active() == 0);
        }
    }

    @Test
    void endsOldSessionsHoweverBusyAndNotAllAtOnce() throws Exception {
        Duration age = Duration.ofSeconds(1);
        try (Greeter a = new Greeter("a");
                Balancer balancer = observe(new Balancer.Builder()
                        .lifetime(Duration.ZERO, age)
                        .servers(a.port())
                        .start())) {
            long start = System.nanoTime();
            List<Socket> clients = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                clients.add(balancer.connect());
            }

            List<Duration> ends = new ArrayList<>();
            for (Socket client : clients) {
                client.getInputStream().readAllBytes();
                ends.add(Duration.ofNanos(System.nanoTime() - start));
            }

            assertThat(ends.get(0)).isGreaterThan(Duration.ofMillis(800));
            assertThat(ends.get(ends.size() - 1)).isBetween(Duration.ofMillis(950), Duration.ofSeconds(3));
            await().untilAsserted(() -> assertThat(reasons).hasSize(20).containsOnly(CloseReason.MAX_AGE));
            assertThat(log.flags()).hasSize(20).containsOnly("MD");
            clients.forEach(LifetimesTest::close);
        }
    }

    @Test
    void givesEachSessionAnAgeOfItsOwnWithinATenth() throws Exception {
        Sessions.Lifetime settings = new Sessions.Lifetime(Duration.ZERO, Duration.ofHours(1));
        Lifetimes lifetimes = new Lifetimes(settings, List.of(), System::nanoTime, new Random(1));

        List<Long> minutes = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            minutes.add(Duration.ofNanos(lifetimes.drawAge()).toMinutes());
        }

        assertThat(minutes).allMatch(m -> m >= 54 && m <= 66).contains(54L, 57L, 60L, 63L, 65L);
    }

    private Balancer balancer(Duration idleTimeout, Duration maxAge) {
        return observe(new Balancer.Builder()
                .lifetime(idleTimeout, maxAge)
                .servers(listening.getLocalPort())
                .start());
    }

    private Balancer observe(Balancer balancer) {
        balancer.pool.subscribe(new TrafficListener() {
            @Override
            public void sessionEnded(ServerAddress server, CloseReason reason, long nanos) {
                reasons.add(reason);
            }
        });
        return balancer;
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
