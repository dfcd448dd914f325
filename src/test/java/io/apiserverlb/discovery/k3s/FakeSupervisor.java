package io.apiserverlb.discovery.k3s;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** A supervisor of k3s and RKE2 on loopback, which tells what it was asked and can be made to misbehave. */
final class FakeSupervisor implements AutoCloseable {
    /** A request; the authorization is empty where there was none. */
    record Seen(String path, String authorization) {}

    /** Answers a request for the API servers in some odd way. */
    @FunctionalInterface
    interface Reply {
        void send(FakeSupervisor supervisor, SSLSocket client) throws IOException;
    }

    private static final char[] NO_PASSWORD = {};
    private static final int CHUNK = 64 * 1024;

    private final ServerSocket listener;
    private final Thread acceptor = new Thread(this::accept, "fake-supervisor");
    private final Set<Socket> clients = ConcurrentHashMap.newKeySet();
    private final List<Seen> seen = new CopyOnWriteArrayList<>();
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger brokenOff = new AtomicInteger();
    private final AtomicLong sent = new AtomicLong();

    private volatile SSLContext context;
    private volatile String cacerts;
    private volatile String accepted = "";
    private volatile List<String> apiServers = List.of();
    private volatile boolean ready = true;
    private volatile @Nullable Reply misbehaviour;

    /** @param port 0 for any */
    FakeSupervisor(String host, int port, K3sPki.Identity identity, String cacerts) {
        present(cacerts, identity);
        try {
            listener = new ServerSocket();
            listener.setReuseAddress(true);
            listener.bind(new InetSocketAddress(InetAddress.getByName(host), port));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        acceptor.setDaemon(true);
        acceptor.start();
    }

    int port() {
        return listener.getLocalPort();
    }

    /** From now on has this certificate, with those of its issuers behind it, and gives out these authorities; who is connected is thrown out. */
    void present(String nextCacerts, K3sPki.Identity... chain) {
        try {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(null, null);
            Certificate[] certificates =
                    Arrays.stream(chain).map(K3sPki.Identity::certificate).toArray(Certificate[]::new);
            keys.setKeyEntry("server", chain[0].keys().getPrivate(), NO_PASSWORD, certificates);
            KeyManagerFactory keyManagers = KeyManagerFactory.getInstance("SunX509");
            keyManagers.init(keys, NO_PASSWORD);
            SSLContext next = SSLContext.getInstance("TLS");
            next.init(keyManagers.getKeyManagers(), null, null);
            cacerts = nextCacerts;
            context = next;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
        throwOut();
    }

    FakeSupervisor accepting(String authorization) {
        accepted = authorization;
        return this;
    }

    FakeSupervisor naming(String... servers) {
        apiServers = List.of(servers);
        return this;
    }

    void ready(boolean next) {
        ready = next;
    }

    void misbehave(Reply reply) {
        misbehaviour = reply;
    }

    void behave() {
        misbehaviour = null;
    }

    List<Seen> seen() {
        return List.copyOf(seen);
    }

    List<String> authorizations() {
        return seen.stream()
                .map(Seen::authorization)
                .filter(text -> !text.isEmpty())
                .toList();
    }

    int connections() {
        return connections.get();
    }

    /** How many answers could not be sent to their end. */
    int brokenOff() {
        return brokenOff.get();
    }

    /** The bytes of large answers that have left for the client. */
    long sent() {
        return sent.get();
    }

    int connectedNow() {
        return clients.size();
    }

    static Reply status(int status, String... headers) {
        return (supervisor, client) -> supervisor.answer(client, status, "Unauthorized or worse", headers);
    }

    static Reply body(String body) {
        return (supervisor, client) -> supervisor.answer(client, 200, body);
    }

    static Reply text(String text) {
        return (supervisor, client) -> {
            client.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
            client.close();
        };
    }

    /** Sends a lot of blanks after this, as fast as it can. */
    static Reply large(String head, long bytes) {
        return (supervisor, client) -> {
            OutputStream out = client.getOutputStream();
            out.write(head.getBytes(StandardCharsets.UTF_8));
            byte[] blanks = " ".repeat(CHUNK).getBytes(StandardCharsets.UTF_8);
            for (long left = bytes; left > 0; left -= CHUNK) {
                out.write(blanks);
                supervisor.sent.addAndGet(CHUNK);
            }
            client.close();
        };
    }

    /** Sends a blank now and then, until nobody listens any more. */
    static Reply endless(String head) {
        return (supervisor, client) -> {
            OutputStream out = client.getOutputStream();
            out.write(head.getBytes(StandardCharsets.UTF_8));
            while (true) {
                out.write(' ');
                out.flush();
                LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
            }
        };
    }

    static Reply closing() {
        return (supervisor, client) -> client.close();
    }

    static Reply closingInTheMiddle() {
        return text("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n[\"10.0");
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                connections.incrementAndGet();
                clients.add(client);
                Thread thread = new Thread(() -> serve(client), "fake-supervisor-client");
                thread.setDaemon(true);
                thread.start();
            } catch (IOException e) {
                // Closed, or the next one fares better.
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            // Small, so that what has been sent is near to what has been read.
            socket.setSendBufferSize(CHUNK);
            SSLSocket client =
                    (SSLSocket) context.getSocketFactory().createSocket(socket, null, socket.getPort(), true);
            client.setUseClientMode(false);
            client.startHandshake();
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII));
            while (!client.isClosed()) {
                String request = in.readLine();
                if (request == null) {
                    return;
                }
                String authorization = "";
                for (String header = in.readLine(); header != null && !header.isEmpty(); header = in.readLine()) {
                    if (header.toLowerCase(Locale.ROOT).startsWith("authorization: ")) {
                        authorization = header.substring("authorization: ".length());
                    }
                }
                String path = request.substring("GET ".length(), request.lastIndexOf(' '));
                seen.add(new Seen(path, authorization));
                try {
                    answer(client, path, authorization);
                } catch (IOException e) {
                    brokenOff.incrementAndGet();
                    throw e;
                }
            }
        } catch (IOException e) {
            // The client's trouble, which it tells itself.
        } finally {
            clients.remove(socket);
        }
    }

    private void answer(SSLSocket client, String path, String authorization) throws IOException {
        Reply odd = misbehaviour;
        if (path.equals("/cacerts")) {
            answer(client, 200, cacerts);
        } else if (path.equals("/v1-k3s/readyz") && authorization.equals(accepted)) {
            answer(client, ready ? 200 : 503, "");
        } else if (!path.endsWith("/apiservers")) {
            // The API server gets what is not the supervisor's.
            answer(client, 401, "Unauthorized");
        } else if (odd != null) {
            odd.send(this, client);
        } else if (!authorization.equals(accepted)) {
            answer(client, 401, "Unauthorized");
        } else {
            answer(
                    client,
                    200,
                    apiServers.stream().map(server -> "\"" + server + "\"").collect(Collectors.joining(",", "[", "]")),
                    "Content-Type: application/json");
        }
    }

    private void answer(SSLSocket client, int status, String body, String... headers) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " Some Reason\r\n");
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        head.append("Content-Length: ").append(bytes.length).append("\r\n\r\n");
        client.getOutputStream().write(head.toString().getBytes(StandardCharsets.UTF_8));
        client.getOutputStream().write(bytes);
        client.getOutputStream().flush();
    }

    private void throwOut() {
        for (Socket client : clients) {
            try {
                client.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
            throwOut();
            acceptor.join();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
