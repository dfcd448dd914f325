package io.apiserverlb.check;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apiserverlb.pool.AdminState;
import io.apiserverlb.pool.CheckResult;
import io.apiserverlb.pool.CheckResult.Code;
import io.apiserverlb.pool.ServerAddress;
import io.apiserverlb.pool.ServerState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CheckerTest {
    private static final Duration NEVER = Duration.ofHours(1);
    private static final Duration SHORT = Duration.ofMillis(200);

    @Test
    void checksEveryServerAtOnceAndInParallel() throws Exception {
        int number = 20;
        List<AutoCloseable> opened = new ArrayList<>();
        ServerAddress[] addresses = new ServerAddress[number];
        for (int i = 0; i < number; i++) {
            FullServer server = new FullServer();
            opened.add(server);
            addresses[i] = server.address();
        }
        // Half of it is how late this process may be itself before a check says nothing of its server.
        Duration timeout = Duration.ofSeconds(3);
        Checker.Settings settings = tcp(NEVER, NEVER, NEVER, timeout);
        try (CheckedServers servers = servers(settings, addresses)) {
            long last = 0;
            long first = Long.MAX_VALUE;
            for (ServerAddress address : addresses) {
                assertThat(servers.first(address).result().code()).isEqualTo(Code.L4TOUT);
                long at = servers.seen(address).get(0).nanos();
                first = Math.min(first, at);
                last = Math.max(last, at);
            }

            assertThat(Duration.ofNanos(last - first)).isLessThan(timeout);
        } finally {
            for (AutoCloseable server : opened) {
                server.close();
            }
        }
    }

    @Test
    void checksAtOnceWhenTrafficFails() throws Exception {
        try (ScriptedServer server = accepting();
                CheckedServers servers = servers(tcp(NEVER, NEVER, NEVER, SHORT), server.address())) {
            servers.first(server.address());

            servers.failToConnect();

            assertThat(servers.result(server.address(), 2).code()).isEqualTo(Code.L4OK);
            assertThat(servers.server(server.address()).health().passive()).isZero();
        }
    }

    @Test
    void delaysNoOtherServerBecauseOneIsFrozen() throws Exception {
        Duration timeout = Duration.ofSeconds(5);
        try (FullServer frozen = new FullServer();
                ScriptedServer server = accepting();
                CheckedServers servers =
                        servers(tcp(SHORT, SHORT, SHORT, timeout), frozen.address(), server.address())) {
            servers.report(server.address(), 4);

            assertThat(servers.seen(frozen.address())).isEmpty();
        }
    }

    @Test
    void doesNotCheckAServerInMaintenanceAndChecksItAtOnceAfterwards() throws Exception {
        try (ScriptedServer server = accepting();
                ScriptedServer other = accepting();
                CheckedServers servers = servers(tcp(SHORT, SHORT, SHORT, SHORT), server.address(), other.address())) {
            servers.report(server.address(), 1);

            servers.set(server.address(), AdminState.MAINT);
            servers.report(other.address(), servers.seen(other.address()).size() + 2);
            int before = servers.seen(server.address()).size();
            servers.report(other.address(), servers.seen(other.address()).size() + 2);
            int inMaintenance = servers.seen(server.address()).size() - before;
            servers.set(server.address(), AdminState.READY);
            servers.report(server.address(), before + 1);

            assertThat(inMaintenance).isZero();
            assertThat(servers.server(server.address()).state()).isEqualTo(ServerState.UP);
        }
    }

    @Test
    void followsTheList() throws Exception {
        try (ScriptedServer server = accepting();
                ScriptedServer other = accepting();
                CheckedServers servers = servers(tcp(SHORT, SHORT, SHORT, SHORT), server.address())) {
            servers.first(server.address());

            servers.replace(other.address());
            servers.report(other.address(), 1);
            int before = servers.seen(server.address()).size();
            servers.report(other.address(), 4);

            assertThat(servers.seen(server.address())).hasSize(before);
        }
    }

    @Test
    void givesNoResultOnceItIsClosed() throws Exception {
        try (ScriptedServer server = accepting();
                FullServer slow = new FullServer();
                CheckedServers servers =
                        servers(tcp(SHORT, SHORT, SHORT, Duration.ofMillis(400)), server.address(), slow.address())) {
            servers.first(server.address());

            servers.closeChecker();
            int before = results(servers, server.address(), slow.address());
            servers.set(slow.address(), AdminState.DRAIN);

            await().during(Duration.ofMillis(600))
                    .atMost(5, SECONDS)
                    .until(() -> results(servers, server.address(), slow.address()) == before);
        }
    }

    private static int results(CheckedServers servers, ServerAddress... addresses) {
        return Stream.of(addresses)
                .mapToInt(address -> servers.seen(address).size())
                .sum();
    }

    private static ScriptedServer accepting() throws Exception {
        return new ScriptedServer((connection, number) -> {});
    }

    private static CheckedServers servers(Checker.Settings settings, ServerAddress... servers) {
        return new CheckedServers(settings, ClientFiles.trustingNobody(), servers);
    }

    private static Checker.Settings tcp(Duration interval, Duration fast, Duration down, Duration timeout) {
        return new Checker.Settings(
                CheckResult.Type.TCP, "/", interval, fast, down, timeout, Duration.ZERO, 0, Duration.ZERO, null);
    }
}
