package io.apiserverlb;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.apiserverlb.testing.TestAuthority;
import io.apiserverlb.testing.TraditionalKeys;
import io.netty.pkitesting.CertificateBuilder.Algorithm;
import io.netty.pkitesting.X509Bundle;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * TLS of the management API and of Actuator's own port, in the finished jar, on listeners that could be handed over.
 *
 * <p>The files lie as Kubernetes mounts a secret. The API asks for client certificates, Actuator's port demands them.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TlsIT {
    private static final Pattern STARTED = Pattern.compile("Tomcat started on port (\\d+) \\(https\\)");
    private static final int HANDSHAKE = 22;
    private static final int ALERT = 21;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final TestAuthority authority = new TestAuthority("web");
    private final X509Bundle first = authority.server("localhost");
    private final X509Bundle second = authority.server("localhost", Algorithm.rsa2048);
    private final X509Bundle client = authority.client(Algorithm.ecp256);

    @SuppressWarnings("NullAway.Init")
    private Path mount;

    @SuppressWarnings("NullAway.Init")
    private Service service;

    private int webPort;
    private int actuatorPort;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        mount = Files.createDirectories(folder.resolve("mount"));
        mountSecret("..1", first.getCertificatePathPEM(), TraditionalKeys.sec1(first.getKeyPair()));
        for (String name : List.of("tls.crt", "tls.key", "ca.crt")) {
            Files.createSymbolicLink(mount.resolve(name), Path.of("..data", name));
        }
        service = Service.start(
                folder,
                "--lb.name=tls-" + ProcessHandle.current().pid(),
                "--lb.handover=true",
                "--management.server.port=0",
                "--management.server.address=127.0.0.1",
                "--spring.ssl.bundle.watch.file.quiet-period=200ms",
                "--spring.ssl.bundle.pem.web.keystore.certificate=" + mount.resolve("tls.crt"),
                "--spring.ssl.bundle.pem.web.keystore.private-key=" + mount.resolve("tls.key"),
                "--spring.ssl.bundle.pem.web.truststore.certificate=" + mount.resolve("ca.crt"),
                "--spring.ssl.bundle.pem.web.reload-on-update=true",
                "--server.ssl.bundle=web",
                "--server.ssl.client-auth=want",
                "--server.tomcat.connection-timeout=3s",
                "--server.tomcat.keep-alive-timeout=1m",
                "--management.server.ssl.bundle=web",
                "--management.server.ssl.client-auth=need");
        await().atMost(Duration.ofMinutes(1)).until(() -> started().size() == 2);
        webPort = started().get(0);
        actuatorPort = started().get(1);
    }

    private List<Integer> started() {
        assertThat(service.isAlive()).withFailMessage(service::log).isTrue();
        return STARTED.matcher(service.log())
                .results()
                .map((MatchResult line) -> Integer.valueOf(line.group(1)))
                .toList();
    }

    /** A new folder, and one rename: what the kubelet does. */
    private void mountSecret(String version, String certificate, String key) throws IOException {
        Path data = Files.createDirectories(mount.resolve(version));
        Files.writeString(data.resolve("tls.crt"), certificate);
        Files.writeString(data.resolve("tls.key"), key);
        Files.writeString(data.resolve("ca.crt"), authority.pem());
        Path link = Files.createSymbolicLink(mount.resolve("..data_tmp"), Path.of(version));
        Files.move(link, mount.resolve("..data"), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @AfterAll
    void stop() {
        service.close();
    }

    private SSLSocket connect(int port, @Nullable X509Bundle shown) throws IOException, GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        KeyManager[] keys = shown == null ? null : shown.toKeyManagerFactory().getKeyManagers();
        context.init(keys, new TrustManager[] {first.toTrustManager()}, null);
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout((int) PATIENCE.toMillis());
        return socket;
    }

    /** The status line; the connection stays open, and nothing follows. */
    private static String head(Socket socket, String path) throws IOException {
        socket.getOutputStream().write(("HEAD " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n").getBytes(US_ASCII));
        BufferedReader answer = new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
        String status = answer.readLine();
        String line = answer.readLine();
        while (line != null && !line.isEmpty()) {
            line = answer.readLine();
        }
        return String.valueOf(status);
    }

    private Certificate shown(int port) throws Exception {
        try (SSLSocket socket = connect(port, client)) {
            return socket.getSession().getPeerCertificates()[0];
        }
    }

    @Test
    void answersWithAndWithoutACertificateWhereOneIsAskedFor() throws Exception {
        try (SSLSocket without = connect(webPort, null)) {
            assertThat(head(without, "/lb")).startsWith("HTTP/1.1 200");
        }
        try (SSLSocket with = connect(webPort, client)) {
            assertThat(head(with, "/lb")).startsWith("HTTP/1.1 200");
            assertThat(with.getSession().getLocalCertificates()).contains(client.getCertificate());
        }
    }

    @Test
    void refusesACertificateOfSomebodyElse() throws Exception {
        // Of the same name as the one that is trusted: a client shows nothing that the server has not asked for.
        X509Bundle stranger = new TestAuthority("web").client(Algorithm.ecp256);

        for (int port : List.of(webPort, actuatorPort)) {
            assertThatExceptionOfType(IOException.class).isThrownBy(() -> {
                try (SSLSocket socket = connect(port, stranger)) {
                    head(socket, "/actuator/health");
                }
            });
        }
    }

    @Test
    void demandsACertificateOnActuatorsOwnPort() throws Exception {
        try (SSLSocket with = connect(actuatorPort, client)) {
            assertThat(head(with, "/actuator/health/liveness")).startsWith("HTTP/1.1 200");
        }
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> {
            try (SSLSocket without = connect(actuatorPort, null)) {
                head(without, "/actuator/health/liveness");
            }
        });
    }

    @Test
    void servesANewCertificateOnBothPortsAndKeepsConnectionsAndIgnoresABadOne() throws Exception {
        try (SSLSocket open = connect(webPort, null)) {
            assertThat(head(open, "/lb")).startsWith("HTTP/1.1 200");

            mountSecret("..2", second.getCertificatePathPEM(), TraditionalKeys.pkcs1(second.getKeyPair()));

            await().atMost(PATIENCE).untilAsserted(() -> {
                assertThat(shown(webPort)).isEqualTo(second.getCertificate());
                assertThat(shown(actuatorPort)).isEqualTo(second.getCertificate());
            });
            assertThat(head(open, "/lb")).startsWith("HTTP/1.1 200");

            mountSecret("..3", first.getCertificatePathPEM(), second.getPrivateKeyPEM());

            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> assertThat(service.log())
                                    .contains(
                                            "TLS bundle web stays as it was, since its files cannot be used: the private key is not"));
            assertThat(shown(webPort)).isEqualTo(second.getCertificate());
            assertThat(head(open, "/lb")).startsWith("HTTP/1.1 200");

            mountSecret("..4", first.getCertificatePathPEM(), first.getPrivateKeyPEM());

            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(shown(webPort)).isEqualTo(first.getCertificate()));
        }
    }

    @Test
    void speaksNothingOlderThanTls12() throws Exception {
        assertThat(answerToHello(0x03)).isEqualTo(HANDSHAKE);
        assertThat(answerToHello(0x02)).isEqualTo(ALERT);
    }

    /** The kind of the record by which it answers a hello of TLS 1.x that offers what both TLS 1.1 and 1.2 have. */
    private int answerToHello(int minor) throws IOException {
        byte[] hello = new byte[72];
        byte[] head = {22, 3, 1, 0, 67, 1, 0, 0, 63, 3, (byte) minor};
        System.arraycopy(head, 0, hello, 0, head.length);
        // Behind the random: no session, ECDHE-ECDSA and ECDHE-RSA with AES-128-CBC-SHA, no compression; the curve
        // P-256, SHA-256 with
        // ECDSA and RSA.
        byte[] rest = {0, 0, 4, -64, 9, -64, 19, 1, 0, 0, 18, 0, 10, 0, 4, 0, 2, 0, 23, 0, 13, 0, 6, 0, 4, 4, 3, 4, 1};
        System.arraycopy(rest, 0, hello, hello.length - rest.length, rest.length);
        try (Socket socket = plain(webPort)) {
            socket.getOutputStream().write(hello);
            return socket.getInputStream().read();
        }
    }

    private static Socket plain(int port) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout((int) PATIENCE.toMillis());
        return socket;
    }

    @Test
    void tellsWhoSpeaksPlainHttpThatThisIsTls() throws Exception {
        try (Socket socket = plain(webPort)) {
            assertThat(head(socket, "/lb")).startsWith("HTTP/1.1 400");
        }
    }

    @Test
    void doesNotWaitForAHandshakeThatDoesNotCome() throws Exception {
        try (Socket silent = plain(webPort)) {
            assertThat(silent.getInputStream().read()).isEqualTo(-1);
        }
    }
}
