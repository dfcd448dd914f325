import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * Three API servers of one small cluster, on 127.0.0.1, with what a balancer asks of them.
 *
 * <p>Arguments: a folder, which gets the {@code kubeconfig}, and the first of three ports. Each server keeps connections for as long as their
 * clients like, and tells of all three in EndpointSlices that never change. Says {@code ready} when all listen, and ends with its input.
 */
final class Cluster {
    private static final int SERVERS = 3;
    private static final String SLICES = "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices";
    private static final String PASSWORD = "footprint";

    private final Path folder;
    private final int firstPort;
    private final ExecutorService threads = Executors.newCachedThreadPool();

    private Cluster(Path folder, int firstPort) {
        this.folder = folder;
        this.firstPort = firstPort;
    }

    public static void main(String[] args) throws Exception {
        // Idle connections are kept: there may be thousands, for as long as a measurement takes.
        System.setProperty("sun.net.httpserver.maxIdleConnections", "100000");
        System.setProperty("sun.net.httpserver.idleInterval", "86400");
        new Cluster(Path.of(args[0]), Integer.parseInt(args[1])).start();
        System.out.println("ready");
        while (System.in.read() >= 0) {
            // Nothing that is said to it means anything.
        }
        System.exit(0);
    }

    private void start() throws Exception {
        KeyStore identity = identity();
        Files.writeString(folder.resolve("kubeconfig"), kubeconfig(identity));
        SSLContext context = context(identity);
        for (int i = 0; i < SERVERS; i++) {
            InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), firstPort + i);
            HttpsServer server = HttpsServer.create(address, 4_096);
            server.setHttpsConfigurator(new HttpsConfigurator(context));
            server.setExecutor(threads);
            server.createContext("/", this::answer);
            server.start();
        }
    }

    /** One certificate for all servers, which is its own authority. */
    private KeyStore identity() throws Exception {
        Path file = folder.resolve("identity.p12");
        Files.deleteIfExists(file);
        String keytool =
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        List<String> command = List.of(
                keytool,
                "-genkeypair",
                "-alias",
                "server",
                "-dname",
                "CN=kube-apiserver",
                "-validity",
                "30",
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-ext",
                "SAN=IP:127.0.0.1,DNS:kubernetes.default.svc",
                "-keystore",
                file.toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD);
        Process process = new ProcessBuilder(command).inheritIO().start();
        if (process.waitFor() != 0) {
            throw new IllegalStateException("keytool fails");
        }
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD.toCharArray());
        }
        return store;
    }

    private static SSLContext context(KeyStore identity) throws GeneralSecurityException {
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(identity, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }

    private String kubeconfig(KeyStore identity) throws GeneralSecurityException {
        String ca = "-----BEGIN CERTIFICATE-----\n"
                + Base64.getMimeEncoder()
                        .encodeToString(identity.getCertificate("server").getEncoded())
                + "\n-----END CERTIFICATE-----\n";
        return """
                apiVersion: v1
                kind: Config
                current-context: bench
                contexts: [{name: bench, context: {cluster: bench, user: bench}}]
                users: [{name: bench, user: {token: bench}}]
                clusters: [{name: bench, cluster: {server: "https://127.0.0.1:%d", certificate-authority-data: %s}}]
                """.formatted(firstPort, Base64.getEncoder().encodeToString(ca.getBytes(StandardCharsets.US_ASCII)));
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String query = String.valueOf(exchange.getRequestURI().getQuery());
        switch (path) {
            case "/readyz", "/livez" -> send(exchange, 200, "text/plain", "ok");
            case "/version" -> send(exchange, 200, "application/json", """
                        {"major": "1", "minor": "36", "gitVersion": "v1.36.2"}""");
            case SLICES -> {
                if (query.contains("watch=true")) {
                    watch(exchange);
                } else {
                    send(exchange, 200, "application/json", slices());
                }
            }
            default -> send(exchange, 404, "application/json", """
                        {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "NotFound", "code": 404}""");
        }
    }

    private static void send(HttpExchange exchange, int status, String type, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    /** Nothing ever changes, so nothing is told. */
    private static void watch(HttpExchange exchange) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, 0);
        exchange.getResponseBody().flush();
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private String slices() {
        String items = IntStream.range(firstPort, firstPort + SERVERS)
                .mapToObj("""
                        {"metadata": {"name": "kubernetes-%1$d", "namespace": "default", "resourceVersion": "7",
                                      "labels": {"kubernetes.io/service-name": "kubernetes"}},
                         "addressType": "IPv4", "ports": [{"name": "https", "port": %1$d, "protocol": "TCP"}],
                         "endpoints": [{"addresses": ["127.0.0.1"], "conditions": {"ready": true}}]}"""::formatted)
                .collect(Collectors.joining(","));
        return """
                {"kind": "EndpointSliceList", "apiVersion": "discovery.k8s.io/v1", "metadata": {"resourceVersion": "7"},
                 "items": [%s]}""".formatted(items);
    }
}
