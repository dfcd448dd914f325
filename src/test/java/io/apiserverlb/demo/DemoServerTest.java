package io.apiserverlb.demo;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apiserverlb.demo.DemoServer.ClientCertificate;
import io.apiserverlb.demo.DemoServer.Mode;
import io.apiserverlb.demo.DemoServer.Settings;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.local.LocalIoHandler;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.http.HttpResponse;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class DemoServerTest {
    private static final DemoAuthority AUTHORITY = new DemoAuthority(InstantSource.system(), new SecureRandom());
    private static final TlsClient CLIENT = new TlsClient(AUTHORITY.sslContext());
    private static final Pattern CONTENT_LENGTH = Pattern.compile("(?i)\r\ncontent-length: (\\d+)\r\n");
    /** Long enough that a healthy server would have answered. */
    private static final int SILENCE_MILLIS = 300;

    private static IoEventLoopGroup loops;

    private final List<DemoServer> servers = new ArrayList<>();

    @BeforeAll
    static void startLoops() {
        loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    }

    @AfterAll
    static void stopLoops() {
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    @AfterEach
    void closeServers() {
        servers.forEach(DemoServer::close);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/readyz", "/livez", "/healthz"})
    void saysOk(String path) throws Exception {
        DemoServer server = running();

        HttpResponse<String> answer = CLIENT.get(server, path);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("ok");
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("text/plain; charset=utf-8");
    }

    @Test
    void listsItsChecksWhenAsked() throws Exception {
        DemoServer server = running();

        HttpResponse<String> answer = CLIENT.get(server, "/livez?verbose");

        assertThat(answer.body())
                .startsWith("[+]ping ok\n")
                .contains("[+]etcd ok\n")
                .endsWith("livez check passed\n");
    }

    @Test
    void tellsItsVersionAndWhichServerItIs() throws Exception {
        DemoServer server = started(Settings.of(3, AUTHORITY));

        HttpResponse<String> answer = CLIENT.get(server, "/version");

        assertThat(answer.body()).contains("\"gitVersion\": \"v1.36.2\"", "\"demoServer\": 3");
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/json");
        assertThat(answer.headers().firstValue("X-Demo-Server")).hasValue("3");
    }

    @Test
    void servesTheFirstStepsOfKubernetesClients() throws Exception {
        DemoServer server = running();

        assertThat(CLIENT.get(server, "/api?timeout=32s").body())
                .contains("\"kind\": \"APIVersions\"", "\"serverAddress\": \"" + server.address() + "\"");
        assertThat(CLIENT.get(server, "/apis?timeout=32s").body()).contains("\"kind\": \"APIGroupList\"");
        assertThat(CLIENT.get(server, "/cacerts").body()).isEqualTo(AUTHORITY.certificatePem());
    }

    @Test
    void answersAnythingElseAsNotFound() throws Exception {
        DemoServer server = running();

        HttpResponse<String> answer = CLIENT.get(server, "/api/v1/pods");

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.body()).contains("\"kind\": \"Status\"", "\"reason\": \"NotFound\"", "\"code\": 404");
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void speaksBothTlsVersionsWithoutAlpn(String protocol) throws Exception {
        DemoServer server = running();
        try (SSLSocket socket = CLIENT.layer(TlsClient.connectTcp(server))) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setProtocols(new String[] {protocol});
            parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"});
            socket.setSSLParameters(parameters);

            socket.startHandshake();

            assertThat(socket.getSession().getProtocol()).isEqualTo(protocol);
            assertThat(socket.getApplicationProtocol()).isEmpty();
        }
    }

    @Test
    void keepsConnectionsAndCountsThem() throws Exception {
        DemoServer server = running();
        try (SSLSocket socket = CLIENT.connect(server)) {
            for (String path : List.of("/livez", "/readyz?verbose", "/readyz")) {
                send(socket, path);
                assertThat(status(socket)).isEqualTo("HTTP/1.1 200 OK");
            }
        }

        assertThat(server.acceptedConnections()).isEqualTo(1);
        assertThat(server.requests("/readyz")).isEqualTo(2);
        assertThat(server.requests("/livez")).isEqualTo(1);
        assertThat(server.requests("/version")).isZero();
    }

    @Test
    void startsStopped() {
        DemoServer server = server(Settings.of(1, AUTHORITY));

        assertThat(server.mode()).isEqualTo(Mode.STOPPED);
        assertThatThrownBy(() -> CLIENT.get(server, "/readyz")).isInstanceOf(ConnectException.class);
    }

    @Test
    void refusesNewConnectionsAndResetsOldOnesWhenStopped() throws Exception {
        DemoServer server = running();
        try (SSLSocket socket = CLIENT.connect(server)) {
            server.stop();

            assertThat(server.mode()).isEqualTo(Mode.STOPPED);
            assertThatThrownBy(() -> TlsClient.connectTcp(server)).isInstanceOf(ConnectException.class);
            assertThatThrownBy(() -> socket.getInputStream().read())
                    .isInstanceOf(SocketException.class)
                    .hasMessageContaining("reset");
        }
    }

    @Test
    void keepsItsPortOverStopAndStart() throws Exception {
        DemoServer server = running();
        int port = server.port();

        server.stop();
        server.start();

        assertThat(server.port()).isEqualTo(port);
        assertThat(CLIENT.get(server, "/readyz").statusCode()).isEqualTo(200);
    }

    @Test
    void isBackAtOnceHoweverQuicklyItIsStoppedAndStarted() throws Exception {
        DemoServer server = running();

        for (int i = 0; i < 100; i++) {
            server.stop();
            server.start();
        }

        assertThat(CLIENT.get(server, "/readyz").statusCode()).isEqualTo(200);
    }

    @Test
    void letsNobodyHaveItsPortWhileStopped() throws Exception {
        DemoServer server = server(Settings.of(1, AUTHORITY));
        try (Socket other = new Socket()) {
            assertThatThrownBy(() -> other.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port())))
                    .isInstanceOf(BindException.class);
        }
    }

    @Test
    void namesAPortThatItCannotHave() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Settings settings = Settings.of(2, AUTHORITY).withPort(taken.getLocalPort());

            assertThatThrownBy(() -> new DemoServer(settings, loops))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("Demo server 2 cannot have port " + taken.getLocalPort());
        }
    }

    @Test
    void acceptsInTheKernelAndStaysSilentWhenFrozen() throws Exception {
        DemoServer server = running();

        server.freeze();

        assertThat(server.mode()).isEqualTo(Mode.FROZEN);
        try (Socket tcp = TlsClient.connectTcp(server);
                SSLSocket socket = CLIENT.layer(tcp)) {
            tcp.setSoTimeout(SILENCE_MILLIS);
            assertThatThrownBy(socket::startHandshake).isInstanceOf(SocketTimeoutException.class);
        }
    }

    @Test
    void leavesOpenConnectionsUnansweredWhileFrozenAndAnswersThemAfterwards() throws Exception {
        DemoServer server = running();
        try (SSLSocket socket = CLIENT.connect(server)) {
            server.freeze();
            send(socket, "/readyz");
            socket.setSoTimeout(SILENCE_MILLIS);
            assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);

            server.green();

            socket.setSoTimeout((int) TlsClient.PATIENCE.toMillis());
            assertThat(status(socket)).isEqualTo("HTTP/1.1 200 OK");
        }
    }

    @Test
    void answersAClientHelloOfAnAcceptedConnectionOnlyAfterwards() throws Exception {
        DemoServer server = running();
        try (Socket tcp = TlsClient.connectTcp(server);
                SSLSocket socket = CLIENT.layer(tcp)) {
            await().until(() -> server.acceptedConnections() == 1);
            server.freeze();
            tcp.setSoTimeout(SILENCE_MILLIS);
            assertThatThrownBy(socket::startHandshake).isInstanceOf(SocketTimeoutException.class);

            server.green();

            tcp.setSoTimeout((int) TlsClient.PATIENCE.toMillis());
            assertThatCode(socket::startHandshake).doesNotThrowAnyException();
        }
    }

    @Test
    void resetsFrozenConnectionsWhenStopped() throws Exception {
        DemoServer server = running();
        try (SSLSocket accepted = CLIENT.connect(server)) {
            server.freeze();
            try (Socket inBacklog = TlsClient.connectTcp(server)) {
                server.stop();

                assertThatThrownBy(() -> accepted.getInputStream().read()).isInstanceOf(SocketException.class);
                assertThatThrownBy(() -> inBacklog.getInputStream().read()).isInstanceOf(SocketException.class);
            }
        }
    }

    @Test
    void answersLateWhenSlow() throws Exception {
        DemoServer server = running();
        server.slow(Duration.ofMillis(200));

        long before = System.nanoTime();
        HttpResponse<String> answer = CLIENT.get(server, "/readyz");
        Duration taken = Duration.ofNanos(System.nanoTime() - before);

        assertThat(server.mode()).isEqualTo(Mode.SLOW);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(taken).isGreaterThanOrEqualTo(Duration.ofMillis(200));
    }

    @Test
    void answersInOrderEvenIfItSpeedsUpMeanwhile() throws Exception {
        DemoServer server = running();
        server.slow(Duration.ofMillis(200));
        try (SSLSocket socket = CLIENT.connect(server)) {
            send(socket, "/missing");
            await().until(() -> server.requests("/missing") == 1);
            server.green();
            send(socket, "/readyz");

            assertThat(status(socket)).isEqualTo("HTTP/1.1 404 Not Found");
            assertThat(status(socket)).isEqualTo("HTTP/1.1 200 OK");
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1})
    void refusesADelayThatIsNone(long millis) {
        DemoServer server = running();

        assertThatThrownBy(() -> server.slow(Duration.ofMillis(millis))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void failsReadyzAloneWhenRed() throws Exception {
        DemoServer server = running();
        server.red();

        HttpResponse<String> answer = CLIENT.get(server, "/readyz");

        assertThat(server.mode()).isEqualTo(Mode.RED);
        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(answer.body())
                .startsWith("[+]ping ok\n")
                .contains("[-]etcd failed: reason withheld\n")
                .endsWith("readyz check failed\n");
        assertThat(CLIENT.get(server, "/livez").statusCode()).isEqualTo(200);
        assertThat(CLIENT.get(server, "/version").statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void isWellAgainAfterGreen(Mode mode) throws Exception {
        DemoServer server = running();
        switch (mode) {
            case RUNNING -> server.start();
            case STOPPED -> server.stop();
            case FROZEN -> server.freeze();
            case SLOW -> server.slow(TlsClient.PATIENCE.multipliedBy(2));
            case RED -> server.red();
        }
        assertThat(server.mode()).isEqualTo(mode);

        server.green();

        assertThat(server.mode()).isEqualTo(Mode.RUNNING);
        assertThat(CLIENT.get(server, "/readyz").statusCode()).isEqualTo(200);
    }

    @Test
    void freezesFromStopped() throws Exception {
        DemoServer server = server(Settings.of(1, AUTHORITY));

        server.freeze();

        try (Socket tcp = TlsClient.connectTcp(server)) {
            tcp.setSoTimeout(SILENCE_MILLIS);
            assertThatThrownBy(() -> tcp.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
        }
        assertThat(server.acceptedConnections()).isZero();
    }

    @Test
    void startLeavesAServerThatListensAsItIs() {
        DemoServer server = running();
        server.red();

        server.start();

        assertThat(server.mode()).isEqualTo(Mode.RED);
    }

    @Test
    void refusesClientsWithoutTheCertificateItRequires() {
        DemoServer server = started(Settings.of(1, AUTHORITY).withClientCertificate(ClientCertificate.REQUIRED));

        assertThatThrownBy(() -> CLIENT.get(server, "/readyz")).isInstanceOf(IOException.class);
        assertThat(server.requests("/readyz")).isZero();
    }

    @Test
    void acceptsAClientCertificateOfItsAuthority() throws Exception {
        DemoServer server = started(Settings.of(1, AUTHORITY).withClientCertificate(ClientCertificate.REQUIRED));
        TlsClient admin = new TlsClient(AUTHORITY.sslContext(AUTHORITY.issueClient("CN=admin,O=system:masters")));

        HttpResponse<String> answer = admin.get(server, "/readyz");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(server.clientCertificateSeen()).isTrue();
    }

    @Test
    void seesWhetherAnOptionalCertificateCame() throws Exception {
        DemoServer server = started(Settings.of(1, AUTHORITY).withClientCertificate(ClientCertificate.OPTIONAL));
        TlsClient admin = new TlsClient(AUTHORITY.sslContext(AUTHORITY.issueClient("CN=admin")));

        admin.get(server, "/readyz");
        boolean withCertificate = server.clientCertificateSeen();
        CLIENT.get(server, "/readyz");
        boolean withoutCertificate = server.clientCertificateSeen();

        assertThat(withCertificate).isTrue();
        assertThat(withoutCertificate).isFalse();
    }

    @Test
    void knowsClientsByTokenOrCertificateWhenItHasAToken() throws Exception {
        DemoServer server = started(Settings.of(1, AUTHORITY)
                .withClientCertificate(ClientCertificate.OPTIONAL)
                .withBearerToken("open-sesame"));
        TlsClient admin = new TlsClient(AUTHORITY.sslContext(AUTHORITY.issueClient("CN=admin")));

        assertThat(CLIENT.get(server, "/readyz").statusCode()).isEqualTo(401);
        assertThat(CLIENT.get(server, "/readyz", "Authorization", "Bearer sesame")
                        .statusCode())
                .isEqualTo(401);
        assertThat(CLIENT.get(server, "/readyz", "Authorization", "Bearer open-sesame")
                        .statusCode())
                .isEqualTo(200);
        assertThat(admin.get(server, "/readyz").statusCode()).isEqualTo(200);
    }

    @Test
    void tellsStrangersWhatKubernetesTellsThem() throws Exception {
        DemoServer server = started(Settings.of(1, AUTHORITY).withBearerToken("open-sesame"));

        HttpResponse<String> answer = CLIENT.get(server, "/version");

        assertThat(answer.body()).contains("\"kind\": \"Status\"", "\"reason\": \"Unauthorized\"", "\"code\": 401");
        assertThat(CLIENT.get(server, "/cacerts").statusCode()).isEqualTo(200);
    }

    @Test
    void seesWhetherAnAuthorizationCame() throws Exception {
        DemoServer server = running();

        CLIENT.get(server, "/readyz", "Authorization", "Bearer anything");
        boolean with = server.authorizationSeen();
        CLIENT.get(server, "/readyz");
        boolean without = server.authorizationSeen();

        assertThat(with).isTrue();
        assertThat(without).isFalse();
    }

    @Test
    void presentsTheIdentityItWasGiven() {
        DemoServer server =
                started(Settings.of(1, AUTHORITY).withIdentity(AUTHORITY.issueServer(List.of("other.example"))));

        assertThatThrownBy(() -> CLIENT.get(server, "/readyz")).isInstanceOf(SSLHandshakeException.class);
    }

    @Test
    void closesAConnectionThatDoesNotSpeakHttp() throws Exception {
        DemoServer server = running();
        try (SSLSocket socket = CLIENT.connect(server)) {
            socket.getOutputStream().write("nonsense\r\n\r\n".getBytes(US_ASCII));

            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void canBeClosedTwiceAndDoesNothingAfterwards() {
        DemoServer server = running();

        server.close();
        server.close();

        assertThat(server.mode()).isEqualTo(Mode.STOPPED);
        assertThatThrownBy(server::start)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Demo server 1 is closed");
    }

    @Test
    void givesItsPortAwayWhenClosed() throws Exception {
        DemoServer server = running();

        server.close();

        try (Socket other = new Socket()) {
            assertThatCode(() -> other.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port())))
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void needsAnNioLoop() {
        IoEventLoopGroup other = new MultiThreadIoEventLoopGroup(1, LocalIoHandler.newFactory());
        try {
            assertThatThrownBy(() -> new DemoServer(Settings.of(1, AUTHORITY), other))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("NIO");
        } finally {
            other.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    @Test
    void refusesSettingsThatMakeNoSense() {
        Settings settings = Settings.of(1, AUTHORITY);

        assertThatThrownBy(() -> Settings.of(0, AUTHORITY)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> settings.withPort(65536)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> settings.withBearerToken(" ")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void showsNoToken() {
        Settings settings = Settings.of(1, AUTHORITY).withBearerToken("open-sesame");

        assertThat(settings.toString()).contains("bearerToken=(hidden)").doesNotContain("sesame");
    }

    private DemoServer running() {
        return started(Settings.of(1, AUTHORITY));
    }

    private DemoServer started(Settings settings) {
        DemoServer server = server(settings);
        server.start();
        return server;
    }

    private DemoServer server(Settings settings) {
        DemoServer server = new DemoServer(settings, loops);
        servers.add(server);
        return server;
    }

    private static void send(SSLSocket socket, String path) throws IOException {
        socket.getOutputStream().write(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n").getBytes(US_ASCII));
    }

    /** Reads one whole answer and returns its status line. */
    private static String status(SSLSocket socket) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = socket.getInputStream().read();
            assertThat(next).as("end of stream after '%s'", head).isNotNegative();
            head.append((char) next);
        }
        Matcher length = CONTENT_LENGTH.matcher(head);
        assertThat(length.find()).isTrue();
        socket.getInputStream().readNBytes(Integer.parseInt(length.group(1)));
        return head.substring(0, head.indexOf("\r\n"));
    }

    private static ConditionFactory await() {
        return Awaitility.await().pollInterval(Duration.ofMillis(10)).atMost(TlsClient.PATIENCE);
    }
}
