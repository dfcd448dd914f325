package io.apiserverlb;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.apiserverlb.testing.HeldPort;
import io.apiserverlb.testing.TestAuthority;
import io.netty.pkitesting.X509Bundle;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code --status} beside an instance of which only the answers are there. */
class StatusCommandTest {
    private static final String UNCHECKED = "{\"servers\":[{\"state\":\"unchecked\",\"usable\":true}]}";
    private static final String DRAINED = "{\"servers\":[{\"state\":\"drain\",\"usable\":false}]}";
    private static final String UP =
            "{\"servers\":[{\"state\":\"down\",\"usable\":false},{\"state\":\"up\",\"usable\":true}]}";

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final AtomicInteger looks = new AtomicInteger();
    private volatile String servers = UP;
    private volatile int looksUntilUp;

    @SuppressWarnings("NullAway.Init")
    private HttpServer instance;

    @BeforeEach
    void start() throws IOException {
        serve(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0));
    }

    private void serve(HttpServer server) {
        instance = server;
        instance.createContext("/", exchange -> {
            byte[] answer = answer(exchange.getRequestURI().getPath()).getBytes(UTF_8);
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        instance.start();
    }

    private String answer(String path) {
        if (path.equals("/lb")) {
            return "the table\n";
        }
        return looks.incrementAndGet() > looksUntilUp ? servers : UNCHECKED;
    }

    @AfterEach
    void stop() {
        instance.stop(0);
    }

    private int run(String... more) {
        return runOn(instance.getAddress().getPort(), more);
    }

    private int runOn(int port, String... more) {
        String[] arguments = new String[more.length + 2];
        arguments[0] = "--status";
        arguments[1] = "--server.port=" + port;
        System.arraycopy(more, 0, arguments, 2, more.length);
        return new StatusCommand(new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8)).run(arguments);
    }

    @Test
    void isContentWithAnyInstance() {
        servers = DRAINED;

        assertThat(run()).isZero();

        assertThat(out.toString(UTF_8)).isEqualTo("the table\n");
        assertThat(looks).hasValue(0);
    }

    @Test
    void waitsForAServerThatHasPassedACheck() {
        looksUntilUp = 2;

        assertThat(run("--wait=30s")).isZero();

        assertThat(looks).hasValue(3);
        assertThat(out.toString(UTF_8)).isEqualTo("the table\n");
    }

    @Test
    void failsWithTheTableIfThereIsNone() {
        servers = DRAINED;

        assertThat(run("--wait=100ms")).isEqualTo(1);

        assertThat(out.toString(UTF_8)).isEqualTo("the table\n");
        assertThat(err.toString(UTF_8)).contains("no server has passed a check in that time");
    }

    @Test
    void failsWhereNothingAnswers() throws IOException {
        try (HeldPort port = new HeldPort()) {
            assertThat(runOn(port.port(), "--wait=100ms")).isEqualTo(1);
        }

        assertThat(err.toString(UTF_8)).contains("nothing answers at http://127.0.0.1:");
    }

    @Test
    void asksByTlsForTheVeryCertificateOfTheConfiguration(@TempDir Path folder) throws Exception {
        TestAuthority authority = new TestAuthority("web");
        X509Bundle own = authority.server("lb.example");
        List<String> tls = List.of(
                "--server.ssl.certificate=" + Files.writeString(folder.resolve("tls.crt"), own.getCertificatePEM()),
                "--server.ssl.certificate-private-key="
                        + Files.writeString(folder.resolve("tls.key"), own.getPrivateKeyPEM()));

        instance.stop(0);
        serve(httpsBy(own));
        assertThat(run(tls.toArray(new String[0]))).isZero();
        assertThat(out.toString(UTF_8)).isEqualTo("the table\n");

        instance.stop(0);
        serve(httpsBy(authority.server("lb.example")));
        assertThat(run(tls.toArray(new String[0]))).isEqualTo(1);
        assertThat(err.toString(UTF_8))
                .contains(
                        "what answers at https://127.0.0.1:",
                        " is not served by the certificate of this configuration");
    }

    private static HttpServer httpsBy(X509Bundle identity) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(identity.toKeyManagerFactory().getKeyManagers(), null, null);
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        return server;
    }

    @Test
    void saysThatItHasNoCertificateToShow(@TempDir Path folder) throws Exception {
        TestAuthority authority = new TestAuthority("web");
        X509Bundle own = authority.server("localhost");

        int code = run(
                "--server.ssl.client-auth=need",
                "--server.ssl.certificate=" + Files.writeString(folder.resolve("tls.crt"), own.getCertificatePEM()),
                "--server.ssl.certificate-private-key="
                        + Files.writeString(folder.resolve("tls.key"), own.getPrivateKeyPEM()),
                "--server.ssl.trust-certificate=" + Files.writeString(folder.resolve("ca.crt"), authority.pem()));

        assertThat(code).isEqualTo(1);
        assertThat(err.toString(UTF_8))
                .contains("server.ssl.client-auth: 'need' is not allowed: --status has no client");
    }

    @Test
    void aTimeNeedsAUnit() {
        assertThat(run("--wait=60")).isEqualTo(1);

        assertThat(err.toString(UTF_8)).contains("--wait: '60' is not allowed").contains("a unit");
    }
}
