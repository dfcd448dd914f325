package io.apiserverlb.discovery.kubernetes;

import io.netty.pkitesting.X509Bundle;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** One API server: TLS of its own in front of a store that it shares with the others. Takes one question for each connection. */
final class FakeApiServer implements AutoCloseable {
    /** One question, and what its client showed of itself. */
    record Asked(
            String path, @Nullable String authorization, List<X509Certificate> clientChain, List<String> serverNames) {
        boolean isWatch() {
            return path.contains("watch=true");
        }
    }

    private final SSLContext context;
    private final int store;
    private final ServerSocket listener;
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private final Map<SSLSocket, WatchStream> watches = new ConcurrentHashMap<>();
    private final List<Asked> asked = new CopyOnWriteArrayList<>();
    private final AtomicInteger refusedByClients = new AtomicInteger();
    private volatile ToIntFunction<Asked> refusal = question -> 0;

    FakeApiServer(X509Bundle identity, int port, int store) {
        this(identity, InetAddress.getLoopbackAddress(), port, store);
    }

    FakeApiServer(X509Bundle identity, InetAddress address, int port, int store) {
        this.store = store;
        try {
            context = SSLContext.getInstance("TLS");
            context.init(
                    identity.toKeyManagerFactory().getKeyManagers(), new TrustManager[] {new TakesAnyClient()}, null);
            listener = new ServerSocket(port, 50, address);
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
        Pump.start("fake-api-server", this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    List<Asked> asked() {
        return asked;
    }

    /** How many clients did not go on after they had seen the certificate. */
    int refusedByClients() {
        return refusedByClients.get();
    }

    /** Answers with a status instead of the truth where this gives one, and not 0; with 200 comes garbage. */
    void refuse(ToIntFunction<Asked> how) {
        refusal = how;
    }

    boolean isWatched() {
        return !watches.isEmpty();
    }

    /** Says to all watches that what they know is too old. */
    void expireWatches() {
        watches.values().forEach(watch -> watch.send("{\"type\":\"ERROR\",\"object\":" + status(410) + "}"));
    }

    /** Tells all watches this, whatever it is. */
    void tellWatches(String line) {
        watches.values().forEach(watch -> watch.send(line));
    }

    /** Tells nothing any more on the watches that there are. */
    void muteWatches() {
        watches.values().forEach(WatchStream::mute);
    }

    /** Closes all watches without a word, and counts those no more that there were. */
    void endWatches() {
        List<SSLSocket> ended = List.copyOf(watches.keySet());
        watches.keySet().removeAll(ended);
        for (SSLSocket watch : ended) {
            try {
                watch.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** As if the process were killed. */
    void kill() {
        close();
        connections.forEach(Pump::reset);
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket connection = listener.accept();
                connections.add(connection);
                Pump.start("fake-api-server-connection", () -> serve(connection));
            } catch (IOException e) {
                // Closed.
            }
        }
    }

    private void serve(Socket connection) {
        try (SSLSocket client =
                (SSLSocket) context.getSocketFactory().createSocket(connection, null, connection.getPort(), true)) {
            client.setUseClientMode(false);
            client.setWantClientAuth(true);
            try {
                client.startHandshake();
            } catch (IOException e) {
                refusedByClients.incrementAndGet();
                return;
            }
            String head = head(client.getInputStream());
            if (head.isEmpty()) {
                return;
            }
            Asked question = question(head, (ExtendedSSLSession) client.getSession());
            asked.add(question);
            int status = refusal.applyAsInt(question);
            if (status != 0) {
                client.getOutputStream().write(refusal(status));
            } else if (question.isWatch()) {
                watch(question.path(), client);
            } else {
                forward(head, client);
            }
        } catch (IOException e) {
            // Ended by the other side, or killed.
        } finally {
            connections.remove(connection);
        }
    }

    private void forward(String head, SSLSocket client) throws IOException {
        try (Socket behind = new Socket(InetAddress.getLoopbackAddress(), store)) {
            String last = head.replaceFirst("\r\n", "\r\nConnection: close\r\n");
            behind.getOutputStream().write(last.getBytes(StandardCharsets.ISO_8859_1));
            InputStream fromClient = client.getInputStream();
            Pump.start("fake-api-server-pump", () -> {
                try {
                    Pump.run(fromClient, behind.getOutputStream());
                    behind.close();
                } catch (IOException e) {
                    // Closed already.
                }
            });
            Pump.run(behind.getInputStream(), client.getOutputStream());
        }
    }

    /** Lasts until the client leaves. */
    private void watch(String path, SSLSocket client) throws IOException {
        WatchStream stream = new WatchStream(client);
        stream.begin(URI.create("ws://127.0.0.1:" + store + path));
        watches.put(client, stream);
        try {
            Pump.run(client.getInputStream(), OutputStream.nullOutputStream());
        } finally {
            watches.remove(client);
        }
    }

    private static byte[] refusal(int status) {
        String body = status == 200 ? "<html>nobody is at home" : status(status);
        return ("HTTP/1.1 " + status + " Refused\r\nContent-Type: application/json\r\nContent-Length: " + body.length()
                        + "\r\nConnection: close\r\n\r\n" + body)
                .getBytes(StandardCharsets.UTF_8);
    }

    private static String status(int code) {
        return "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":\"Failure\",\"message\":\"as the test says\","
                + "\"reason\":\"Expired\",\"code\":" + code + "}";
    }

    private static String head(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        String text = "";
        while (!text.endsWith("\r\n\r\n")) {
            int read = in.read();
            if (read < 0) {
                return "";
            }
            head.write(read);
            text = head.toString(StandardCharsets.ISO_8859_1);
        }
        return text;
    }

    private static Asked question(String head, ExtendedSSLSession session) {
        String authorization = head.lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("authorization: "))
                .map(line -> line.substring("authorization: ".length()))
                .findFirst()
                .orElse(null);
        List<String> names = session.getRequestedServerNames().stream()
                .map(name -> ((SNIHostName) name).getAsciiName())
                .toList();
        return new Asked(head.split(" ", 3)[1], authorization, chain(session), names);
    }

    private static List<X509Certificate> chain(ExtendedSSLSession session) {
        try {
            return Stream.of(session.getPeerCertificates())
                    .map(X509Certificate.class::cast)
                    .toList();
        } catch (SSLPeerUnverifiedException e) {
            return List.of();
        }
    }

    private static final class TakesAnyClient implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {
            throw new UnsupportedOperationException();
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
