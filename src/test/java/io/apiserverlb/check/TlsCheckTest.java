package io.apiserverlb.check;

import static io.apiserverlb.check.CheckedServers.settings;
import static io.apiserverlb.check.ScriptedServer.awaitClose;
import static io.apiserverlb.check.ScriptedServer.write;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.apiserverlb.demo.DemoAuthority;
import io.apiserverlb.demo.DemoIdentity;
import io.apiserverlb.pool.Certificate.Identity;
import io.apiserverlb.pool.CheckReport;
import io.apiserverlb.pool.CheckResult;
import io.apiserverlb.pool.CheckResult.Code;
import io.apiserverlb.pool.ServerAddress;
import io.apiserverlb.pool.ServerState;
import io.apiserverlb.tls.ClientTls;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsCheckTest {
    private static final Checker.Settings TLS = settings(CheckResult.Type.TLS);
    private static final DemoAuthority AUTHORITY = new DemoAuthority(InstantSource.system(), new SecureRandom());

    @TempDir
    private Path folder;

    @Test
    void passesAfterTheHandshakeAndShowsTheCertificate() throws Exception {
        DemoIdentity identity = AUTHORITY.issueServer();

        CheckReport report = firstReport(identity, ClientFiles.trusting(AUTHORITY, folder));

        assertThat(report.result().type()).isEqualTo(CheckResult.Type.TLS);
        assertThat(report.result().code()).isEqualTo(Code.L6OK);
        assertThat(report.result().detail()).isEqualTo("ok");
        assertThat(report.certificate()).satisfies(certificate -> {
            assertThat(certificate.identity()).isEqualTo(Identity.VERIFIED);
            assertThat(certificate.reason()).isNull();
            assertThat(certificate.subject()).isEqualTo("CN=kube-apiserver");
            assertThat(certificate.names()).contains("kubernetes.default.svc", "127.0.0.1");
            assertThat(certificate.notAfter())
                    .isEqualTo(identity.certificate().getNotAfter().toInstant());
        });
    }

    @Test
    void saysGoodbyeToTheServer() throws Exception {
        try (GoodbyeServer server = new GoodbyeServer(AUTHORITY);
                CheckedServers servers = new CheckedServers(TLS, ClientFiles.trustingNobody(), server.address())) {
            servers.first(server.address());

            server.awaitGoodbyes(1);
        }
    }

    @Test
    void takesAServerAsUnverifiedWithoutACa() throws Exception {
        CheckReport report = firstReport(AUTHORITY.issueServer(), ClientFiles.trustingNobody());

        assertThat(report.result().code()).isEqualTo(Code.L6OK);
        assertThat(report.certificate())
                .satisfies(certificate -> assertThat(certificate.identity()).isEqualTo(Identity.UNVERIFIED));
    }

    @Test
    void refusesAServerOfAnotherAuthority() throws Exception {
        DemoAuthority other = new DemoAuthority(InstantSource.system(), new SecureRandom());

        CheckReport report = firstReport(other.issueServer(), ClientFiles.trusting(AUTHORITY, folder));

        assertThat(report.result().code()).isEqualTo(Code.L6RSP);
        assertThat(report.certificate()).satisfies(certificate -> {
            assertThat(certificate.identity()).isEqualTo(Identity.REFUSED);
            assertThat(certificate.reason()).isEqualTo(report.result().detail()).contains("no known CA");
        });
    }

    @Test
    void refusesAServerOfAnotherName() throws Exception {
        DemoIdentity identity = AUTHORITY.issueServer(List.of("example.com"));

        CheckReport report = firstReport(identity, ClientFiles.trusting(AUTHORITY, folder));

        assertThat(report.result().code()).isEqualTo(Code.L6RSP);
        assertThat(report.certificate()).satisfies(certificate -> {
            assertThat(certificate.identity()).isEqualTo(Identity.REFUSED);
            assertThat(certificate.reason()).isEqualTo(report.result().detail()).contains("127.0.0.1");
        });
    }

    @Test
    void passesAServerWhoseCertificateHasExpiredAndSaysSo() throws Exception {
        Instant now = Instant.now();
        DemoIdentity identity = AUTHORITY.issueServer(
                DemoAuthority.SERVER_NAMES, now.minus(Duration.ofDays(2)), now.minus(Duration.ofDays(1)));

        CheckReport report = firstReport(identity, ClientFiles.trusting(AUTHORITY, folder));

        assertThat(report.result().code()).isEqualTo(Code.L6OK);
        assertThat(report.certificate()).satisfies(certificate -> {
            assertThat(certificate.identity()).isEqualTo(Identity.OUT_OF_DATE);
            assertThat(certificate.reason()).contains("expired");
        });
    }

    @Test
    void failsWhenTheHandshakeIsNotAnsweredWithinTheTimeout() throws Exception {
        CompletableFuture<byte[]> heard = new CompletableFuture<>();
        try (ScriptedServer server = new ScriptedServer((connection, number) -> {
                    try {
                        heard.complete(connection.getInputStream().readAllBytes());
                    } catch (IOException e) {
                        heard.completeExceptionally(e);
                    }
                });
                CheckedServers servers = new CheckedServers(
                        settings(CheckResult.Type.TLS, Duration.ofMillis(500)),
                        ClientFiles.trustingNobody(),
                        server.address())) {
            CheckResult result = servers.firstOf(Code.L6TOUT, server.address());

            assertThat(result.detail()).isEqualTo("no TLS handshake within 500ms");
            // A peer that may be gone is not to keep the kernel busy with goodbyes.
            assertThat(heard).failsWithin(5, SECONDS).withThrowableThat().withMessageContaining("Connection reset");
        }
    }

    @Test
    void failsWhenTheServerDoesNotSpeakTls() throws Exception {
        CheckResult result = firstResult((connection, number) -> {
            write(connection, "HTTP/1.0 400 Bad Request\r\n\r\nClient sent a plain text request.\n");
            awaitClose(connection);
        });

        assertThat(result.code()).isEqualTo(Code.L6RSP);
        assertThat(result.detail()).isEqualTo("the server does not speak TLS");
    }

    @Test
    void failsWhenTheServerHangsUp() throws Exception {
        CheckResult result = firstResult((connection, number) -> {
            connection.getInputStream().read(new byte[16 * 1024]);
            connection.shutdownOutput();
            awaitClose(connection);
        });

        assertThat(result.code()).isEqualTo(Code.L6RSP);
        assertThat(result.detail()).isEqualTo("connection closed in the TLS handshake");
    }

    @Test
    void failsWhenTheServerResetsTheConnection() throws Exception {
        CheckResult result = firstResult((connection, number) -> {
            connection.getInputStream().read();
            connection.setSoLinger(true, 0);
        });

        assertThat(result.code()).isEqualTo(Code.L4CON);
        assertThat(result.detail()).isEqualTo("connection reset");
    }

    @Test
    void namesTheAlertOfTheServer() throws Exception {
        String handshakeFailure = "\u0015\u0003\u0003\u0000\u0002\u0002(";

        CheckResult result = firstResult((connection, number) -> {
            connection.getInputStream().read(new byte[16 * 1024]);
            write(connection, handshakeFailure);
            awaitClose(connection);
        });

        assertThat(result.code()).isEqualTo(Code.L6RSP);
        assertThat(result.detail()).isEqualTo("TLS alert: handshake_failure");
    }

    @Test
    void holdsNothingAgainstAServerWhenItsCaCannotBeRead() throws Exception {
        ServerAddress server = new ServerAddress("127.0.0.1", 6443);
        Path broken = Files.writeString(folder.resolve("ca.crt"), "no certificate");
        try (CheckedServers servers = new CheckedServers(TLS, ClientFiles.withCaFile(broken), server)) {
            CheckResult result = servers.result(server, 2);

            assertThat(result.code()).isEqualTo(Code.SOCKERR);
            assertThat(result.detail()).contains(broken.toString());
            assertThat(servers.server(server).state()).isEqualTo(ServerState.UNCHECKED);
        }
    }

    @Test
    void holdsNothingAgainstAServerWhenFilesAreNotReadInTime() throws Exception {
        ServerAddress server = new ServerAddress("127.0.0.1", 6443);
        Executor hanging = task -> {};
        try (CheckedServers servers = servers(Duration.ofMillis(200), reader -> hanging, server)) {
            CheckResult result = servers.first(server).result();

            assertThat(result.code()).isEqualTo(Code.SOCKERR);
            // After words about this process, where that was late itself.
            assertThat(result.detail()).endsWith("the files for TLS could not be read within 200ms");
        }
    }

    private static CheckedServers servers(Duration timeout, UnaryOperator<Executor> files, ServerAddress server) {
        return new CheckedServers(
                settings(CheckResult.Type.TLS, timeout),
                ClientFiles.trustingNobody(),
                new Bootstrap().channel(NioSocketChannel.class),
                files,
                server);
    }

    private static CheckReport firstReport(DemoIdentity identity, ClientTls tls) throws Exception {
        try (ScriptedServer server = new ScriptedServer(
                        AUTHORITY.sslContext(identity).getServerSocketFactory(),
                        (connection, number) -> awaitClose(connection));
                CheckedServers servers = new CheckedServers(TLS, tls, server.address())) {
            return servers.first(server.address());
        }
    }

    private static CheckResult firstResult(ScriptedServer.Script script) throws Exception {
        try (ScriptedServer server = new ScriptedServer(script);
                CheckedServers servers = new CheckedServers(TLS, ClientFiles.trustingNobody(), server.address())) {
            return servers.first(server.address()).result();
        }
    }
}
