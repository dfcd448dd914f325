package io.apiserverlb.discovery.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.apiserverlb.testing.TestAuthority;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocketFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class GatewayClientTest {
    private static final TestAuthority AUTHORITY = new TestAuthority("cluster-ca");

    private static final String LIST =
            "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 26\r\n\r\n{\"metadata\":{},\"items\":[]}";
    /** Enough for a machine that is busy. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    @TempDir
    Path folder;

    private KubernetesClient client(ServerSocket server) throws CredentialsException {
        return client(server, PATIENCE);
    }

    private KubernetesClient client(ServerSocket server, Duration timeout) throws CredentialsException {
        Path file = new KubeconfigFile(folder.resolve("config"))
                .ca(AUTHORITY.pem())
                .token("sesame")
                .write();
        KnownCluster cluster = new Kubeconfig(List.of(file), null, null, Duration.ofSeconds(1))
                .read(Instant.now(), new FilesRead(), true);
        return GatewayClient.to(
                (InetSocketAddress) server.getLocalSocketAddress(),
                cluster,
                () -> "sesame",
                Runnable::run,
                timeout,
                status -> {},
                InstantSource.system());
    }

    private static @Nullable Throwable failure(KubernetesClient client) {
        return failure(client, PATIENCE);
    }

    private static @Nullable Throwable failure(KubernetesClient client, Duration limit) {
        return catchThrowable(() -> new Asking(limit).list(client, EndpointKind.SLICES));
    }

    @Test
    void doesNotWaitForEverForAHandshake() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                KubernetesClient client = client(silent, Duration.ofSeconds(1))) {
            assertThat(failure(client, Duration.ofSeconds(1)))
                    .isInstanceOf(QuestionFailedException.class)
                    .hasMessage("no server reachable: no answer in time");
        }
    }

    @Test
    void leavesAnAnswerThatDoesNotEnd() throws Exception {
        assertLeaves(
                "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{", "", "no server reachable: an answer does not end");
    }

    @Test
    void leavesAnAnswerThatDripsForEver() throws Exception {
        assertLeaves(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
                "1\r\n \r\n",
                "no server reachable: an answer does not end");
    }

    @Test
    void leavesAnAnswerThatIsTooLarge() throws Exception {
        assertLeaves(
                "HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n",
                " ".repeat(400_000),
                "an answer is larger than 1 MiB");
    }

    @Test
    void leavesARefusalThatDoesNotEnd() throws Exception {
        assertLeaves(
                "HTTP/1.1 503 Unavailable\r\nContent-Length: 1000000000\r\n\r\n",
                " ".repeat(1000),
                "HTTP 503: an API server cannot list endpointslices in default");
    }

    @Test
    void readsAnAnswerBelowTheLimit() throws Exception {
        String list = "{\"metadata\":{},\"items\":[]}" + " ".repeat(1_000_000);
        try (ServerSocket server = server();
                KubernetesClient client = client(server)) {
            answer(server, "HTTP/1.1 200 OK\r\nContent-Length: " + list.length() + "\r\n\r\n" + list, "");

            assertThat(failure(client)).isNull();
        }
    }

    @Test
    void leavesAWatchThatIsNotAnswered() throws Exception {
        CompletableFuture<Void> ended = new CompletableFuture<>();
        Following.Reader reader = new Following.Reader() {
            @Override
            public void changed(Following<?, ?> following) {}

            @Override
            public void overflowed(Following<?, ?> following, String problem) {}

            @Override
            public void ended(Following<?, ?> following) {
                ended.complete(null);
            }
        };
        try (ServerSocket server = server();
                KubernetesClient client = client(server)) {
            answer(server, LIST, "");
            Following<?, ?> following = Following.list(client, EndpointKind.SLICES, reader, new Asking(PATIENCE));
            CompletableFuture<Void> left = answer(server, "", "");

            following.watch();

            assertThat(ended).succeedsWithin(Duration.ofSeconds(30));
            assertThat(left).succeedsWithin(Duration.ofSeconds(30));
        }
    }

    /** @param repeated is sent ten times a second until the client has left */
    private void assertLeaves(String begin, String repeated, String problem) throws Exception {
        try (ServerSocket server = server();
                KubernetesClient client = client(server)) {
            CompletableFuture<Void> left = answer(server, begin, repeated);

            assertThat(failure(client))
                    .isInstanceOf(QuestionFailedException.class)
                    .hasMessage(problem);

            assertThat(left).succeedsWithin(Duration.ofSeconds(30));
        }
    }

    private static CompletableFuture<Void> answer(ServerSocket server, String begin, String repeated) {
        CompletableFuture<Void> left = new CompletableFuture<>();
        Pump.start("slow-server", () -> {
            try (Socket client = server.accept()) {
                client.getOutputStream().write(begin.getBytes(StandardCharsets.UTF_8));
                Pump.start("slow-server-body", () -> repeat(repeated, client, left));
                client.getInputStream().transferTo(OutputStream.nullOutputStream());
            } catch (IOException e) {
                // The client has left, if less politely.
            }
            left.complete(null);
        });
        return left;
    }

    private static void repeat(String text, Socket client, CompletableFuture<Void> end) {
        while (!end.isDone()) {
            try {
                client.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
                var unused = end.copy()
                        .completeOnTimeout(null, 100, TimeUnit.MILLISECONDS)
                        .join();
            } catch (IOException e) {
                return;
            }
        }
    }

    private static ServerSocket server() throws Exception {
        X509Bundle identity = AUTHORITY.server(TestCluster.SERVER_NAME);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(identity.toKeyManagerFactory().getKeyManagers(), null, null);
        SSLServerSocketFactory factory = context.getServerSocketFactory();
        return factory.createServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }
}
