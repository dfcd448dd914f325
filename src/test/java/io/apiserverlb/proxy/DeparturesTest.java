package io.apiserverlb.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.apiserverlb.pool.AdminState;
import io.apiserverlb.pool.CheckReport;
import io.apiserverlb.pool.CheckResult;
import io.apiserverlb.pool.CloseReason;
import io.apiserverlb.pool.ListChange;
import io.apiserverlb.pool.Mode;
import io.apiserverlb.pool.ServerAddress;
import io.apiserverlb.pool.TrafficListener;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(30)
class DeparturesTest {
    private static final int SESSIONS = 10;

    @Test
    void closesTheSessionsOfADrainedServerSpreadOverTheTimeout() throws Exception {
        try (Greeter a = new Greeter("a");
                Balancer balancer = balancer(a, Duration.ofMillis(800), ClosingRules.OnRemoved.DRAIN)) {
            List<CloseReason> reasons = reasons(balancer);
            List<Socket> clients = sessions(balancer);
            long start = System.nanoTime();

            patch(balancer, a, AdminState.DRAIN);

            List<Duration> ends = new ArrayList<>();
            for (Socket client : clients) {
                assertThat(client.getInputStream().read()).isEqualTo(-1);
                ends.add(Duration.ofNanos(System.nanoTime() - start));
            }
            assertThat(ends.get(SESSIONS - 1)).isBetween(Duration.ofMillis(650), Duration.ofSeconds(3));
            await().until(() -> reasons.size() == SESSIONS);
            assertThat(reasons).containsOnly(CloseReason.DRAIN);
        }
    }

    @Test
    void keepsSessionsWhenTheServerIsReadyAgainBeforeTheirTime() throws Exception {
        try (Greeter a = new Greeter("a");
                Balancer balancer = balancer(a, Duration.ofSeconds(3), ClosingRules.OnRemoved.DRAIN)) {
            List<Socket> clients = sessions(balancer);

            patch(balancer, a, AdminState.MAINT); // the first session is to leave within 300 ms
            patch(balancer, a, AdminState.READY);

            Socket last = clients.get(SESSIONS - 1);
            last.setSoTimeout(3_300);
            assertThatThrownBy(() -> last.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
            assertThat(balancer.frontend.active()).isEqualTo(SESSIONS);
        }
    }

    @Test
    void closesTheSessionsOfARemovedServerAtOnceIfAsked() throws Exception {
        try (Greeter a = new Greeter("a");
                Balancer balancer = balancer(a, Duration.ofSeconds(20), ClosingRules.OnRemoved.CLOSE)) {
            List<CloseReason> reasons = reasons(balancer);
            List<Socket> clients = sessions(balancer);

            balancer.pool.change(new ListChange.Replace(List.of()), OptionalLong.empty(), "test");

            for (Socket client : clients) {
                assertThat(client.getInputStream().read()).isEqualTo(-1);
            }
            await().until(() -> reasons.size() == SESSIONS);
            assertThat(reasons).containsOnly(CloseReason.REMOVED);
        }
    }

    @Test
    void closesASessionWhoseServerWasRemovedWhileItWasConnecting() throws Exception {
        try (Greeter a = new Greeter("a");
                Balancer balancer = balancer(a, Duration.ofSeconds(20), ClosingRules.OnRemoved.CLOSE)) {
            balancer.pool.subscribe(new TrafficListener() {
                @Override
                public void connected(ServerAddress server, long nanos) {
                    balancer.pool.change(new ListChange.Replace(List.of()), OptionalLong.empty(), "test");
                }
            });

            try (Socket client = balancer.connect()) {
                client.getInputStream().readAllBytes();
            }

            await().until(() -> balancer.frontend.active() == 0);
        }
    }

    @Test
    void closesTheSessionsOfALostServerWithinTwoSecondsWhereItSaysNothingMore() throws Exception {
        try (Greeter a = new Greeter("a");
                Greeter b = new Greeter("b");
                Balancer balancer = balancer(a, Duration.ofSeconds(20), ClosingRules.OnRemoved.DRAIN)) {
            List<CloseReason> reasons = reasons(balancer);
            List<Socket> clients = sessions(balancer);
            add(balancer, b);
            check(balancer, a, CheckResult.Code.L7OK);
            check(balancer, b, CheckResult.Code.L7OK);
            long start = System.nanoTime();

            check(balancer, a, CheckResult.Code.L4TOUT);
            check(balancer, b, CheckResult.Code.L7OK);
            check(balancer, a, CheckResult.Code.L4TOUT);
            await().during(Duration.ofMillis(100)).until(reasons::isEmpty);
            check(balancer, a, CheckResult.Code.L4TOUT);

            for (Socket client : clients) {
                assertThat(client.getInputStream().read()).isEqualTo(-1);
            }
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isBetween(Duration.ofSeconds(1), Duration.ofSeconds(4));
            await().until(() -> reasons.size() == SESSIONS);
            assertThat(reasons).containsOnly(CloseReason.DOWN);
        }
    }

    @Test
    void closesTheSessionsOfAServerThatIsNotReadyOnceAnotherIsKnownToBe() throws Exception {
        try (Greeter a = new Greeter("a");
                Greeter b = new Greeter("b");
                Balancer balancer = balancer(a, Duration.ofMillis(600), ClosingRules.OnRemoved.DRAIN)) {
            List<CloseReason> reasons = reasons(balancer);
            sessions(balancer);
            add(balancer, b);
            check(balancer, b, CheckResult.Code.L7OK);
            check(balancer, b, CheckResult.Code.L7OK);

            check(balancer, a, CheckResult.Code.L7STS);
            await().during(Duration.ofSeconds(1)).until(reasons::isEmpty);
            check(balancer, b, CheckResult.Code.L7OK);

            await().until(() -> reasons.size() == SESSIONS);
            assertThat(reasons).containsOnly(CloseReason.DRAIN);
        }
    }

    @Test
    void forgetsWhenSessionsWereToLeaveOnceTheirServerIsWell() throws Exception {
        try (Greeter a = new Greeter("a");
                Greeter b = new Greeter("b");
                Balancer balancer = balancer(a, Duration.ofSeconds(6), ClosingRules.OnRemoved.DRAIN)) {
            List<CloseReason> reasons = reasons(balancer);
            sessions(balancer);
            add(balancer, b);
            check(balancer, a, CheckResult.Code.L7STS);
            check(balancer, b, CheckResult.Code.L7OK); // the last session is to leave in 5.5 s to 6 s
            tick(balancer); // has that planned
            check(balancer, a, CheckResult.Code.L7OK);
            check(balancer, a, CheckResult.Code.L7OK);
            await().during(Duration.ofMillis(5_200)).until(reasons::isEmpty);

            check(balancer, a, CheckResult.Code.L7STS);
            check(balancer, b, CheckResult.Code.L7OK); // the first one in 1 s at the earliest

            await().during(Duration.ofMillis(700)).until(reasons::isEmpty);
        }
    }

    @Test
    void givesSessionsThatALostServerStillServesTheDrainTimeout() throws Exception {
        try (Greeter a = new Greeter("a");
                Greeter b = new Greeter("b");
                Balancer balancer = balancer(a, Duration.ofSeconds(20), ClosingRules.OnRemoved.DRAIN)) {
            add(balancer, b);
            check(balancer, a, CheckResult.Code.L7OK);
            check(balancer, a, CheckResult.Code.L4TOUT);
            check(balancer, b, CheckResult.Code.L7OK);
            patch(balancer, b, AdminState.DRAIN);
            tick(balancer);
            List<Socket> clients = sessions(balancer);
            patch(balancer, b, AdminState.READY);

            check(balancer, a, CheckResult.Code.L4TOUT);
            check(balancer, a, CheckResult.Code.L4TOUT);

            await().during(Duration.ofMillis(2_500)).until(() -> balancer.frontend.active() > SESSIONS / 2);
            assertThat(clients).hasSize(SESSIONS);
        }
    }

    @Test
    void givesASessionMoreTimeThatALostServerHasServedWhenItsTimeComes() throws Exception {
        try (Greeter a = new Greeter("a");
                Greeter b = new Greeter("b");
                Balancer balancer = balancer(a, Duration.ofMinutes(10), ClosingRules.OnRemoved.DRAIN)) {
            List<CloseReason> reasons = reasons(balancer);
            List<Socket> clients = sessions(balancer);
            tick(balancer);
            Socket last = balancer.connect(); // the last to leave, since it was idle for the shortest time
            assertThat(Greeter.greeting(last)).isEqualTo("a");
            add(balancer, b);
            check(balancer, a, CheckResult.Code.L4TOUT);
            check(balancer, b, CheckResult.Code.L7OK);
            check(balancer, a, CheckResult.Code.L4TOUT);
            check(balancer, a, CheckResult.Code.L4TOUT);
            tick(balancer);

            a.sayToLast("still here\n");

            assertThat(Greeter.greeting(last)).isEqualTo("still here");
            for (Socket client : clients) {
                assertThat(client.getInputStream().read()).isEqualTo(-1);
            }
            await().during(Duration.ofMillis(700)).until(() -> balancer.frontend.active() == 1);
            assertThat(reasons).hasSize(SESSIONS).containsOnly(CloseReason.DOWN);
        }
    }

    @Test
    void letsTheSessionsOfALostServerGoOnIfNoOtherOneIsUsable() throws Exception {
        try (Greeter a = new Greeter("a");
                Balancer balancer = balancer(a, Duration.ofMillis(100), ClosingRules.OnRemoved.DRAIN)) {
            List<Socket> clients = sessions(balancer);
            check(balancer, a, CheckResult.Code.L7OK);

            check(balancer, a, CheckResult.Code.L4TOUT);
            check(balancer, a, CheckResult.Code.L4TOUT);
            check(balancer, a, CheckResult.Code.L4TOUT);

            await().during(Duration.ofMillis(500)).until(() -> balancer.frontend.active() == clients.size());
        }
    }

    @ParameterizedTest
    @EnumSource(ClosingRules.FailBack.class)
    void failsBackFromASeedToAPrimary(ClosingRules.FailBack failBack) throws Exception {
        try (Greeter seed = new Greeter("a");
                Greeter primary = new Greeter("b");
                Balancer balancer = new Balancer.Builder()
                        .drain(Duration.ofSeconds(3), ClosingRules.OnRemoved.DRAIN)
                        .failBack(failBack)
                        .seed(seed.port())
                        .start()) {
            List<CloseReason> reasons = reasons(balancer);
            List<Socket> clients = sessions(balancer);
            long start = System.nanoTime();

            add(balancer, primary);

            if (failBack == ClosingRules.FailBack.NEVER) {
                await().during(Duration.ofMillis(900)).until(() -> balancer.frontend.active() == SESSIONS);
                return;
            }
            for (Socket client : clients) {
                assertThat(client.getInputStream().read()).isEqualTo(-1);
            }
            Duration took = Duration.ofNanos(System.nanoTime() - start);
            assertThat(took.compareTo(Duration.ofSeconds(2)) > 0).isEqualTo(failBack == ClosingRules.FailBack.PACED);
            await().until(() -> reasons.size() == SESSIONS);
            assertThat(reasons).containsOnly(CloseReason.FAILBACK);
        }
    }

    @Test
    void leavesSessionsOnASeedThatThePrimariesMayHaveBackSoon() throws Exception {
        try (Greeter seed = new Greeter("a");
                Greeter primary = new Greeter("b");
                Balancer balancer = new Balancer.Builder()
                        .drain(Duration.ofMillis(300), ClosingRules.OnRemoved.DRAIN)
                        .seed(seed.port())
                        .start()) {
            ServerAddress ofSeed = new ServerAddress("127.0.0.1", seed.port());
            ServerAddress ofPrimary = new ServerAddress("127.0.0.1", primary.port());
            List<Socket> clients = sessions(balancer);
            balancer.pool.reconcile(List.of(ofSeed), "test");
            check(balancer, seed, CheckResult.Code.L4OK);

            balancer.pool.reconcile(List.of(ofPrimary), "test");
            check(balancer, primary, CheckResult.Code.L4OK);

            assertThat(balancer.pool.list().mode()).isEqualTo(Mode.NORMAL);
            await().during(Duration.ofMillis(700)).until(() -> balancer.frontend.active() == clients.size());
        }
    }

    @Test
    void hurriesSessionsThatHadMoreTime() throws Exception {
        try (Greeter a = new Greeter("a");
                Balancer balancer = balancer(a, Duration.ofSeconds(20), ClosingRules.OnRemoved.CLOSE)) {
            List<Socket> clients = sessions(balancer);
            patch(balancer, a, AdminState.DRAIN);
            await().during(Duration.ofMillis(100)).until(() -> balancer.frontend.active() > SESSIONS / 2);

            balancer.pool.change(new ListChange.Replace(List.of()), OptionalLong.empty(), "test");

            for (Socket client : clients) {
                assertThat(client.getInputStream().read()).isEqualTo(-1);
            }
        }
    }

    @Test
    void closesAllSessionsAtShutdownSpreadOverItsTime() throws Exception {
        try (Greeter a = new Greeter("a");
                Balancer balancer = balancer(a, Duration.ofSeconds(20), ClosingRules.OnRemoved.DRAIN)) {
            List<CloseReason> reasons = reasons(balancer);
            sessions(balancer);

            balancer.sessions.shutDown(Duration.ofMillis(300)).join();

            await().until(() -> reasons.size() == SESSIONS);
            assertThat(reasons).containsOnly(CloseReason.SHUTDOWN);
        }
    }

    private static Balancer balancer(Greeter server, Duration over, ClosingRules.OnRemoved onRemoved) {
        return new Balancer.Builder()
                .drain(over, onRemoved)
                .servers(server.port())
                .start();
    }

    private static List<Socket> sessions(Balancer balancer) throws Exception {
        List<Socket> clients = new ArrayList<>();
        for (int i = 0; i < SESSIONS; i++) {
            Socket client = balancer.connect();
            assertThat(Greeter.greeting(client)).isEqualTo("a");
            clients.add(client);
        }
        return clients;
    }

    /** The clock of what a server sent turns ten times a second. */
    private static void tick(Balancer balancer) {
        long before = balancer.loops.coarseNanos();
        await().until(() -> balancer.loops.coarseNanos() != before);
    }

    private static void add(Balancer balancer, Greeter server) {
        ServerAddress address = new ServerAddress("127.0.0.1", server.port());
        balancer.pool.change(new ListChange.Add(address, null), OptionalLong.empty(), "test");
    }

    private static void check(Balancer balancer, Greeter server, CheckResult.Code code) {
        CheckResult result = new CheckResult(
                CheckResult.Type.HTTPS, code, null, "for the test", Duration.ofMillis(1), Instant.now());
        balancer.pool.checked(new ServerAddress("127.0.0.1", server.port()), new CheckReport(result, null, null, null));
    }

    private static void patch(Balancer balancer, Greeter server, AdminState admin) {
        ServerAddress address = new ServerAddress("127.0.0.1", server.port());
        balancer.pool.change(new ListChange.Patch(address, admin, null), OptionalLong.empty(), "test");
    }

    private static List<CloseReason> reasons(Balancer balancer) {
        List<CloseReason> reasons = new CopyOnWriteArrayList<>();
        balancer.pool.subscribe(new TrafficListener() {
            @Override
            public void sessionEnded(ServerAddress server, CloseReason reason, long nanos) {
                reasons.add(reason);
            }
        });
        return reasons;
    }
}
