package io.apiserverlb.check;

import static io.apiserverlb.check.CheckedServers.settings;
import static io.apiserverlb.check.ScriptedServer.answer;
import static io.apiserverlb.check.ScriptedServer.answering;
import static io.apiserverlb.check.ScriptedServer.awaitClose;
import static io.apiserverlb.check.ScriptedServer.readRequest;
import static io.apiserverlb.check.ScriptedServer.write;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.apiserverlb.demo.DemoAuthority;
import io.apiserverlb.demo.DemoIdentity;
import io.apiserverlb.pool.Certificate.Identity;
import io.apiserverlb.pool.CheckReport;
import io.apiserverlb.pool.CheckResult;
import io.apiserverlb.pool.CheckResult.Code;
import io.apiserverlb.tls.ClientTls;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class HttpsCheckTest {
    private static final Checker.Settings HTTPS = settings(CheckResult.Type.HTTPS);
    private static final Checker.Settings IMPATIENT = settings(CheckResult.Type.HTTPS, Duration.ofMillis(500));
    private static final DemoAuthority AUTHORITY = new DemoAuthority(InstantSource.system(), new SecureRandom());
    private static final DemoIdentity IDENTITY = AUTHORITY.issueServer();

    @TempDir
    private Path folder;

    @Test
    void passesWhenTheServerIsReadyAndShowsTheCertificate() throws Exception {
        CheckReport report = firstReport(answering(answer("200 OK", "ok")), ClientFiles.trusting(AUTHORITY, folder));

        assertThat(report.result().type()).isEqualTo(CheckResult.Type.HTTPS);
        assertThat(report.result().code()).isEqualTo(Code.L7OK);
        assertThat(report.result().status()).isEqualTo(200);
        assertThat(report.result().detail()).isEqualTo("ok");
        assertThat(report.certificate())
                .satisfies(certificate -> assertThat(certificate.identity()).isEqualTo(Identity.VERIFIED));
    }

    @Test
    void asksInTheNameOfTheBalancerWithTheAddressAsHost() throws Exception {
        BlockingQueue<String> requests = new LinkedBlockingQueue<>();
        try (ScriptedServer server = server(recording(requests));
                CheckedServers servers = servers(HTTPS, ClientFiles.trustingNobody(), server)) {
            servers.first(server.address());

            assertThat(first(requests).lines().toList())
                    .contains(
                            "GET /readyz HTTP/1.1",
                            "host: " + server.address(),
                            "user-agent: apiserver-lb",
                            "accept: */*")
                    .noneMatch(line -> line.startsWith("authorization"));
        }
    }

    @Test
    void asksForTheConfiguredServerName() throws Exception {
        BlockingQueue<String> requests = new LinkedBlockingQueue<>();
        ClientTls tls = ClientFiles.withServerName(AUTHORITY, "kubernetes.default.svc", folder);
        try (ScriptedServer server = server(recording(requests));
                CheckedServers servers = servers(HTTPS, tls, server)) {
            CheckReport report = servers.first(server.address());

            assertThat(report.result().code()).isEqualTo(Code.L7OK);
            assertThat(first(requests).lines())
                    .contains("host: kubernetes.default.svc:" + server.address().port());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"401 Unauthorized", "403 Forbidden", "429 Too Many Requests"})
    void passesWithUnknownReadinessWhenTheServerDoesNotSay(String status) throws Exception {
        CheckResult result = firstResult(answering(answer(status, "{}")));

        assertThat(result.code()).isEqualTo(Code.L7OKC);
        assertThat(result.status()).isEqualTo(Integer.parseInt(status.substring(0, 3)));
        assertThat(result.detail()).isEqualTo("readiness: unknown");
    }

    @Test
    void namesWhatFailsOnARedServer() throws Exception {
        String body = "[+]ping ok\n[-]etcd failed: reason withheld\n[-]informer-sync failed\nreadyz check failed\n";

        CheckResult result = firstResult(answering(answer("500 Internal Server Error", body)));

        assertThat(result.code()).isEqualTo(Code.L7STS);
        assertThat(result.status()).isEqualTo(500);
        assertThat(result.detail()).isEqualTo("etcd, informer-sync");
    }

    @Test
    void readsAnAnswerInChunksAfterAnInterimOne() throws Exception {
        CheckResult result = firstResult((connection, number) -> {
            readRequest(connection);
            write(connection, "HTTP/1.1 100 Continue\r\n\r\n");
            write(connection, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            write(connection, "2\r\nok\r\n");
            write(connection, "0\r\n\r\n");
            awaitClose(connection);
        });

        assertThat(result.code()).isEqualTo(Code.L7OK);
    }

    @Test
    void readsAnAnswerThatEndsWithTheConnection() throws Exception {
        CheckResult result = firstResult((connection, number) -> {
            readRequest(connection);
            write(connection, "HTTP/1.0 200 OK\r\n\r\nok");
        });

        assertThat(result.code()).isEqualTo(Code.L7OK);
    }

    @Test
    void failsWhenTheAnswerIsNotHttp() throws Exception {
        CheckResult result = firstResult(answering("220 mail.example.com ESMTP\r\n"));

        assertThat(result.code()).isEqualTo(Code.L7RSP);
        assertThat(result.detail()).isEqualTo("the answer is not HTTP");
    }

    @Test
    void failsWhenTheServerHangsUpInsteadOfAnswering() throws Exception {
        CheckResult result = firstResult((connection, number) -> readRequest(connection));

        assertThat(result.code()).isEqualTo(Code.L7RSP);
        assertThat(result.detail()).isEqualTo("connection closed before the end of the answer");
    }

    @Test
    void failsWhenTheAnswerIsCutShort() throws Exception {
        CheckResult result = firstResult((connection, number) -> {
            readRequest(connection);
            write(connection, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nok");
        });

        assertThat(result.code()).isEqualTo(Code.L7RSP);
        assertThat(result.detail()).isEqualTo("connection closed before the end of the answer");
    }

    @Test
    void failsWhenTheBodyIsTooLong() throws Exception {
        CheckResult result = firstResult(answering(answer("200 OK", "x".repeat(64 * 1024))));

        assertThat(result.code()).isEqualTo(Code.L7RSP);
        assertThat(result.detail()).isEqualTo("the answer is longer than 64 KiB");
    }

    @Test
    void failsWhenTheHeadersAreTooLong() throws Exception {
        String header = "X-Filler: " + "x".repeat(4_000) + "\r\n";

        CheckResult result = firstResult(answering("HTTP/1.1 200 OK\r\n" + header.repeat(17) + "\r\n"));

        assertThat(result.code()).isEqualTo(Code.L7RSP);
        assertThat(result.detail()).isEqualTo("the answer is longer than 64 KiB");
    }

    @Test
    void failsWhenNoAnswerComesWithinTheTimeout() throws Exception {
        try (ScriptedServer server = server((connection, number) -> awaitClose(connection));
                CheckedServers servers = servers(IMPATIENT, ClientFiles.trustingNobody(), server)) {
            CheckResult result = servers.firstOf(Code.L7TOUT, server.address());

            assertThat(result.detail()).isEqualTo("no answer within 500ms");
            assertThat(result.duration()).isBetween(Duration.ofMillis(500), Duration.ofMillis(2_500));
        }
    }

    @Test
    void failsWhenTheAnswerDripsInTooSlowly() throws Exception {
        try (ScriptedServer server = server((connection, number) -> drip(connection));
                CheckedServers servers = servers(IMPATIENT, ClientFiles.trustingNobody(), server)) {
            CheckResult result = servers.firstOf(Code.L7TOUT, server.address());

            assertThat(result.duration()).isBetween(Duration.ofMillis(500), Duration.ofMillis(2_500));
        }
    }

    /** Writes one byte whenever the client would have waited for the next one for long enough, but never the last. */
    private static void drip(Socket connection) throws Exception {
        readRequest(connection);
        connection.setSoTimeout(20);
        String endless = "HTTP/1.1 200 OK\r\nX-Filler: " + "x".repeat(60_000);
        for (int i = 0; i < endless.length(); i++) {
            write(connection, endless.substring(i, i + 1));
            try {
                awaitClose(connection);
                return;
            } catch (IOException e) {
                // A time-out is the pause between two bytes; after anything else the next write fails.
            }
        }
    }

    @Test
    void namesTheAlertOfAServerThatWantsAClientCertificate() throws Exception {
        try (ScriptedServer server = server((connection, number) -> {
                    ((SSLSocket) connection).setNeedClientAuth(true);
                    readRequest(connection);
                });
                CheckedServers servers = servers(HTTPS, ClientFiles.trusting(AUTHORITY, folder), server)) {
            CheckReport report = servers.first(server.address());

            assertThat(report.result().code()).isEqualTo(Code.L6RSP);
            assertThat(report.result().detail()).startsWith("TLS alert: ");
            assertThat(report.certificate()).isNotNull();
        }
    }

    @Test
    void showsItsCertificateToAVerifiedServer() throws Exception {
        ClientTls tls = ClientFiles.withCertificate(AUTHORITY, AUTHORITY.issueClient("CN=checker"), folder);
        BlockingQueue<String> clients = new LinkedBlockingQueue<>();

        CheckReport report = firstReport(
                (connection, number) -> {
                    ((SSLSocket) connection).setNeedClientAuth(true);
                    clients.add(((SSLSocket) connection)
                            .getSession()
                            .getPeerPrincipal()
                            .getName());
                    answering(answer("200 OK", "ok")).serve(connection, number);
                },
                tls);

        assertThat(report.result().code()).isEqualTo(Code.L7OK);
        assertThat(clients).contains("CN=checker");
    }

    @Test
    void givesItsTokenToAVerifiedServer() throws Exception {
        BlockingQueue<String> requests = new LinkedBlockingQueue<>();
        ClientTls tls = ClientFiles.withToken(AUTHORITY, "secret-token", folder);

        firstReport(recording(requests), tls);

        assertThat(first(requests).lines()).contains("authorization: Bearer secret-token");
    }

    @Test
    void keepsItsTokenFromAServerWhoseCertificateHasExpired() throws Exception {
        Instant now = Instant.now();
        DemoIdentity expired = AUTHORITY.issueServer(
                DemoAuthority.SERVER_NAMES, now.minus(Duration.ofDays(2)), now.minus(Duration.ofDays(1)));
        BlockingQueue<String> requests = new LinkedBlockingQueue<>();
        ClientTls tls = ClientFiles.withToken(AUTHORITY, "secret-token", folder);
        try (ScriptedServer server = new ScriptedServer(
                        AUTHORITY.sslContext(expired).getServerSocketFactory(), recording(requests));
                CheckedServers servers = servers(HTTPS, tls, server)) {
            CheckReport report = servers.first(server.address());

            assertThat(report.result().code()).isEqualTo(Code.L7OK);
            assertThat(report.toString()).doesNotContain("secret-token");
            assertThat(first(requests)).doesNotContainIgnoringCase("authorization");
        }
    }

    @Test
    void learnsTheVersionOnTheSameConnectionAndReportsItWithTheNextResult() throws Exception {
        // A check that finds the question for the version unanswered connects anew.
        Checker.Settings unhurried = settings(CheckResult.Type.HTTPS, Duration.ofSeconds(5), Duration.ofSeconds(1));
        AtomicInteger questions = new AtomicInteger();
        try (ScriptedServer server = server((connection, number) -> {
                    while (true) {
                        boolean version = readRequest(connection).startsWith("GET /version ");
                        questions.addAndGet(version ? 1 : 0);
                        write(connection, answer("200 OK", version ? "{\"gitVersion\":\"v1.36.2+k3s1\"}" : "ok"));
                    }
                });
                CheckedServers servers = servers(unhurried, ClientFiles.trustingNobody(), server)) {
            assertThat(servers.report(server.address(), 1).kubernetesVersion()).isNull();
            assertThat(servers.report(server.address(), 2).kubernetesVersion()).isEqualTo("v1.36.2+k3s1");
            assertThat(servers.server(server.address()).observed().kubernetesVersion())
                    .isEqualTo("v1.36.2+k3s1");
            servers.report(server.address(), 3);
            assertThat(questions).hasValue(1);
            assertThat(server.accepted()).isEqualTo(1);
        }
    }

    @Test
    void waitsForTheVersionNoLongerThanForAnAnswer() throws Exception {
        Duration never = Duration.ofHours(1);
        Checker.Settings once = new Checker.Settings(
                CheckResult.Type.HTTPS,
                "/readyz",
                never,
                never,
                never,
                Duration.ofSeconds(1),
                Duration.ZERO,
                0,
                never,
                null);
        CountDownLatch closed = new CountDownLatch(1);
        try (ScriptedServer server = server((connection, number) -> {
                    readRequest(connection);
                    write(connection, answer("200 OK", "ok"));
                    readRequest(connection);
                    awaitClose(connection);
                    closed.countDown();
                });
                CheckedServers servers = servers(once, ClientFiles.trustingNobody(), server)) {
            servers.first(server.address());

            assertThat(closed.await(10, SECONDS)).isTrue();
        }
    }

    private static ScriptedServer.Script recording(BlockingQueue<String> requests) {
        return (connection, number) -> {
            while (true) {
                requests.add(readRequest(connection));
                write(connection, answer("200 OK", "ok"));
            }
        };
    }

    private static String first(BlockingQueue<String> requests) throws InterruptedException {
        String request = requests.poll(10, SECONDS);
        if (request == null) {
            throw new AssertionError("No request came");
        }
        return request;
    }

    private static ScriptedServer server(ScriptedServer.Script script) throws IOException {
        return new ScriptedServer(AUTHORITY.sslContext(IDENTITY).getServerSocketFactory(), script);
    }

    private static CheckedServers servers(Checker.Settings settings, ClientTls tls, ScriptedServer server) {
        return new CheckedServers(settings, tls, server.address());
    }

    private static CheckReport firstReport(ScriptedServer.Script script, ClientTls tls) throws Exception {
        try (ScriptedServer server = server(script);
                CheckedServers servers = servers(HTTPS, tls, server)) {
            return servers.first(server.address());
        }
    }

    private static CheckResult firstResult(ScriptedServer.Script script) throws Exception {
        return firstReport(script, ClientFiles.trustingNobody()).result();
    }
}
