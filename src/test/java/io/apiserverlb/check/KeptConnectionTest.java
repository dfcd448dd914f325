package io.apiserverlb.check;

import static io.apiserverlb.check.CheckedServers.settings;
import static io.apiserverlb.check.ScriptedServer.answer;
import static io.apiserverlb.check.ScriptedServer.answering;
import static io.apiserverlb.check.ScriptedServer.awaitClose;
import static io.apiserverlb.check.ScriptedServer.readRequest;
import static io.apiserverlb.check.ScriptedServer.write;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apiserverlb.demo.DemoAuthority;
import io.apiserverlb.pool.AdminState;
import io.apiserverlb.pool.CheckResult;
import io.apiserverlb.pool.CheckResult.Code;
import java.io.IOException;
import java.net.Socket;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class KeptConnectionTest {
    private static final Checker.Settings HTTPS = settings(CheckResult.Type.HTTPS);
    /** A check that finds the question for the version unanswered connects anew, so there is time for the answer. */
    private static final Checker.Settings UNHURRIED =
            settings(CheckResult.Type.HTTPS, Duration.ofSeconds(5), Duration.ofSeconds(1));

    private static final DemoAuthority AUTHORITY = new DemoAuthority(InstantSource.system(), new SecureRandom());
    private static final String OK = answer("200 OK", "ok");

    @Test
    void keepsOneConnectionForManyChecks() throws Exception {
        try (ScriptedServer server = server(answering(OK));
                CheckedServers servers = servers(UNHURRIED, server)) {
            assertThat(servers.result(server.address(), 4).code()).isEqualTo(Code.L7OK);

            assertThat(server.accepted()).isEqualTo(1);
            assertThat(servers.report(server.address(), 1).connect()).isNotNull();
            assertThat(servers.report(server.address(), 4).connect()).isNull();
        }
    }

    @Test
    void connectsAnewWhenTheTimeIsUpAndSaysGoodbye() throws Exception {
        Checker.Settings brief = new Checker.Settings(
                CheckResult.Type.HTTPS,
                "/readyz",
                HTTPS.interval(),
                HTTPS.fastInterval(),
                HTTPS.downInterval(),
                HTTPS.timeout(),
                Duration.ZERO,
                0,
                Duration.ofMillis(300),
                null);
        try (GoodbyeServer server = new GoodbyeServer(AUTHORITY);
                CheckedServers servers = new CheckedServers(brief, ClientFiles.trustingNobody(), server.address())) {
            servers.result(server.address(), 4);

            server.awaitGoodbyes(1);
            assertThat(server.connections()).isGreaterThanOrEqualTo(2);
        }
    }

    @Test
    void connectsAnewForEveryCheckIfItKeepsNone() throws Exception {
        Checker.Settings never = new Checker.Settings(
                CheckResult.Type.HTTPS,
                "/readyz",
                HTTPS.interval(),
                HTTPS.fastInterval(),
                HTTPS.downInterval(),
                HTTPS.timeout(),
                Duration.ZERO,
                HTTPS.jitter(),
                Duration.ZERO,
                null);
        List<String> paths = new CopyOnWriteArrayList<>();
        try (ScriptedServer server = server((connection, number) -> {
                    while (true) {
                        paths.add(readRequest(connection).split(" ", 3)[1]);
                        write(connection, OK);
                    }
                });
                CheckedServers servers = servers(never, server)) {
            servers.result(server.address(), 4);

            assertThat(server.accepted()).isGreaterThanOrEqualTo(4);
            assertThat(paths).filteredOn("/version"::equals).hasSizeLessThanOrEqualTo(1);
            assertThat(IntStream.rangeClosed(1, 4).mapToObj(check -> servers.report(server.address(), check)))
                    .allMatch(report -> report.connect() != null);
        }
    }

    @Test
    void saysGoodbyeWhenAServerGoesIntoMaintenance() throws Exception {
        try (GoodbyeServer server = new GoodbyeServer(AUTHORITY);
                CheckedServers servers = new CheckedServers(HTTPS, ClientFiles.trustingNobody(), server.address())) {
            servers.first(server.address());

            servers.set(server.address(), AdminState.MAINT);

            server.awaitGoodbyes(1);
        }
    }

    @Test
    void saysGoodbyeWhenTheCheckerCloses() throws Exception {
        try (GoodbyeServer server = new GoodbyeServer(AUTHORITY);
                CheckedServers servers = new CheckedServers(HTTPS, ClientFiles.trustingNobody(), server.address())) {
            servers.first(server.address());

            servers.closeChecker();

            server.awaitGoodbyes(1);
        }
    }

    @Test
    void doesNotCountAKeptConnectionThatTheServerClosedMeanwhile() throws Exception {
        try (ScriptedServer server = server((connection, number) -> {
                    // The check, then the question for the version.
                    readRequest(connection);
                    write(connection, OK);
                    readRequest(connection);
                    write(connection, OK);
                });
                CheckedServers servers = servers(HTTPS, server)) {
            servers.result(server.address(), 4);

            assertThat(servers.seen(server.address())).allMatch(seen -> seen.code() == Code.L7OK);
            // Two answers each: to a check and to the question for the version, or to two checks where that is not
            // asked again.
            assertThat(server.accepted()).isGreaterThanOrEqualTo(2);
        }
    }

    @Test
    void asksAgainOnANewConnectionWhenAKeptOneClosesWithoutAnAnswer() throws Exception {
        AtomicInteger unanswered = new AtomicInteger();
        try (ScriptedServer server = server((connection, number) -> {
                    answerTwice(connection);
                    readRequest(connection);
                    unanswered.incrementAndGet();
                });
                CheckedServers servers = servers(HTTPS, server)) {
            await().atMost(10, SECONDS).until(() -> unanswered.get() > 0);
            servers.result(server.address(), servers.seen(server.address()).size() + 1);

            assertThat(servers.seen(server.address())).allMatch(seen -> seen.code() == Code.L7OK);
        }
    }

    @Test
    void countsAnAnswerThatIsCutShortOnAKeptConnection() throws Exception {
        try (ScriptedServer server = server((connection, number) -> {
                    answerTwice(connection);
                    readRequest(connection);
                    write(connection, "HTTP/1.1 200");
                });
                CheckedServers servers = servers(HTTPS, server)) {
            CheckResult result = servers.firstOf(Code.L7RSP, server.address());

            assertThat(result.detail()).isEqualTo("connection closed before the end of the answer");
        }
    }

    @Test
    void asksAgainOnlyOnce() throws Exception {
        Checker.Settings untilItFails = new Checker.Settings(
                CheckResult.Type.HTTPS,
                "/readyz",
                UNHURRIED.interval(),
                Duration.ofHours(1),
                Duration.ofHours(1),
                UNHURRIED.timeout(),
                Duration.ZERO,
                0,
                UNHURRIED.reconnect(),
                null);
        try (ScriptedServer server = server((connection, number) -> {
                    if (number == 1) {
                        answerTwice(connection);
                    }
                    readRequest(connection);
                });
                CheckedServers servers = servers(untilItFails, server)) {
            assertThat(servers.result(server.address(), 2).code()).isEqualTo(Code.L7RSP);

            assertThat(server.accepted()).isEqualTo(2);
        }
    }

    /** Ready, but for one check, counted from the first; the question for the version is none. */
    private static ScriptedServer.Script answeringOnce(int check, String statusLine) {
        AtomicInteger checks = new AtomicInteger();
        return (connection, number) -> {
            while (true) {
                boolean version = readRequest(connection).startsWith("GET /version ");
                boolean once = !version && checks.incrementAndGet() == check;
                write(connection, once ? answer(statusLine, "") : OK);
            }
        };
    }

    @Test
    void connectsAnewAfterAFailureAndUntilCreditIsFull() throws Exception {
        try (ScriptedServer server = server(answeringOnce(1, "500 Internal Server Error"));
                CheckedServers servers = servers(UNHURRIED, server)) {
            servers.result(server.address(), 4);

            // One for the red answer, one after it; from then on the credit is full.
            assertThat(server.accepted()).isEqualTo(2);
        }
    }

    @Test
    void connectsAnewWhenTrafficFails() throws Exception {
        Duration never = Duration.ofHours(1);
        Checker.Settings onRequest = new Checker.Settings(
                CheckResult.Type.HTTPS,
                "/readyz",
                never,
                never,
                never,
                Duration.ofSeconds(5),
                Duration.ZERO,
                0,
                never,
                null);
        try (ScriptedServer server = server(answering(OK));
                ScriptedServer other = server(answering(OK));
                CheckedServers servers = new CheckedServers(
                        onRequest, ClientFiles.trustingNobody(), server.address(), other.address())) {
            servers.first(server.address());
            servers.first(other.address());

            servers.failToConnect(other.address());

            assertThat(servers.result(server.address(), 2).code()).isEqualTo(Code.L7OK);
            assertThat(server.accepted()).isEqualTo(2);
        }
    }

    @Test
    void connectsAnewOnceAServerThatWasReadyRefusesToSay() throws Exception {
        try (ScriptedServer server = server(answeringOnce(2, "403 Forbidden"));
                CheckedServers servers = servers(HTTPS, server)) {
            assertThat(servers.result(server.address(), 2).code()).isEqualTo(Code.L7OKC);
            servers.result(server.address(), 3);

            assertThat(servers.report(server.address(), 3).connect()).isNotNull();
        }
    }

    @Test
    void doesNotReuseAConnectionThatTheServerWantsClosed() throws Exception {
        try (ScriptedServer server = server((connection, number) -> {
                    readRequest(connection);
                    write(connection, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
                    awaitClose(connection);
                });
                CheckedServers servers = servers(HTTPS, server)) {
            servers.result(server.address(), 3);

            assertThat(servers.seen(server.address())).allMatch(seen -> seen.code() == Code.L7OK);
            assertThat(server.accepted()).isGreaterThanOrEqualTo(3);
        }
    }

    @Test
    void dropsAConnectionOnWhichTheServerSpeaksUnasked() throws Exception {
        try (ScriptedServer server = server((connection, number) -> {
                    answerTwice(connection);
                    write(connection, answer("408 Request Timeout", ""));
                    awaitClose(connection);
                });
                CheckedServers servers = servers(HTTPS, server)) {
            servers.result(server.address(), 4);

            assertThat(servers.seen(server.address())).allMatch(seen -> seen.code() == Code.L7OK);
            // Two answers each, as above.
            assertThat(server.accepted()).isGreaterThanOrEqualTo(2);
        }
    }

    @Test
    void asksAgainOnANewConnectionWhenTheServerSpokeBeforeItHeard() throws Exception {
        AtomicInteger late = new AtomicInteger();
        try (ScriptedServer server = server((connection, number) -> {
                    answerTwice(connection);
                    readRequest(connection);
                    late.incrementAndGet();
                    write(connection, answer("408 Request Timeout", ""));
                    awaitClose(connection);
                });
                CheckedServers servers = servers(HTTPS, server)) {
            await().atMost(10, SECONDS).until(() -> late.get() > 0);
            servers.result(server.address(), servers.seen(server.address()).size() + 1);

            assertThat(servers.seen(server.address())).allMatch(seen -> seen.code() == Code.L7OK);
        }
    }

    @Test
    void passesThoughTheServerOwesItsVersionAndAsksForItOnlyOnce() throws Exception {
        AtomicInteger versions = new AtomicInteger();
        Checker.Settings impatient = settings(CheckResult.Type.HTTPS, Duration.ofMillis(800));
        try (ScriptedServer server = server((connection, number) -> {
                    while (true) {
                        if (readRequest(connection).startsWith("GET /version ")) {
                            versions.incrementAndGet();
                        } else {
                            write(connection, OK);
                        }
                    }
                });
                CheckedServers servers = servers(impatient, server)) {
            servers.result(server.address(), 5);

            assertThat(servers.seen(server.address())).allMatch(seen -> seen.code() == Code.L7OK);
            assertThat(versions).hasValue(1);
            assertThat(server.accepted()).isEqualTo(2);
        }
    }

    /** The check, then the question for the version. */
    private static void answerTwice(Socket connection) throws IOException {
        for (int i = 0; i < 2; i++) {
            readRequest(connection);
            write(connection, OK);
        }
    }

    private static ScriptedServer server(ScriptedServer.Script script) throws IOException {
        return new ScriptedServer(AUTHORITY.sslContext(AUTHORITY.issueServer()).getServerSocketFactory(), script);
    }

    private static CheckedServers servers(Checker.Settings settings, ScriptedServer server) {
        return new CheckedServers(settings, ClientFiles.trustingNobody(), server.address());
    }
}
