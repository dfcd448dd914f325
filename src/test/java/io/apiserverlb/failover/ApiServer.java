package io.apiserverlb.failover;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * A small API server that is a process of its own, so that it can be frozen and killed as one. It is told what to do on its standard input,
 * a line each, answers {@code ok}, and ends with its input; see {@link ServerProcess}.
 *
 * <p>On one port it speaks HTTPS to clients that begin with TLS, a {@link RawProtocol} to those that begin otherwise, and, if told to,
 * greets those that say nothing. Nothing but the JDK, for a quick start; a thread for each connection.
 */
final class ApiServer {
    private static final int BACKLOG = 4_096;
    private static final int TLS_HANDSHAKE_RECORD = 22;
    /** So long a client may be silent before it is greeted. */
    private static final int SILENCE_MILLIS = 2_000;

    static final String GREETING = "hello\n";

    private static final int WARM_UP_REQUESTS = 40;

    private final ExecutorService threads = Executors.newCachedThreadPool(ApiServer::thread);
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private final String host;
    private final int port;
    private final Path ledger;
    private volatile SSLContext tls;
    private volatile boolean red;
    private volatile boolean greeting;
    private @Nullable ServerSocket listener;

    private ApiServer(String host, int port, SSLContext tls, Path ledger) {
        this.host = host;
        this.port = port;
        this.ledger = ledger;
        this.tls = tls;
    }

    /** Arguments: host, port, the files of certificate and key, the file of the authority that signed it, the file for transfers. */
    public static void main(String[] args) throws Exception {
        ApiServer server = new ApiServer(
                args[0],
                Integer.parseInt(args[1]),
                Pem.context(Path.of(args[2]), Path.of(args[3]), Path.of(args[4])),
                Path.of(args[5]));
        server.warmUp();
        server.open();
        System.out.println("ok");
        server.obey();
        Runtime.getRuntime().halt(0);
    }

    /** The first handshakes of a process take a hundred times as long as those after. */
    private void warmUp() throws IOException {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            threads.execute(() -> accept(socket));
            for (int i = 0; i < WARM_UP_REQUESTS; i++) {
                try (Socket client =
                        tls.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), socket.getLocalPort())) {
                    client.getOutputStream()
                            .write("GET /version HTTP/1.1\r\nConnection: close\r\n\r\n".getBytes(US_ASCII));
                    client.getInputStream().transferTo(OutputStream.nullOutputStream());
                }
            }
        }
    }

    private void obey() throws Exception {
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, US_ASCII));
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            String[] words = line.split(" ", -1);
            switch (words[0]) {
                case "red" -> red = true;
                case "green" -> red = false;
                case "greet" -> greeting = true;
                case "keep-quiet" -> greeting = false;
                case "received" -> System.out.println(RawProtocol.received());
                case "reset" -> reset();
                case "open" -> open();
                case "close" -> close();
                case "identity" -> tls = Pem.context(Path.of(words[1]), Path.of(words[2]), Path.of(words[3]));
                default -> throw new IllegalArgumentException(line);
            }
            System.out.println("ok");
        }
    }

    private void open() throws IOException {
        if (listener == null) {
            ServerSocket socket = new ServerSocket();
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(host, port), BACKLOG);
            listener = socket;
            threads.execute(() -> accept(socket));
        }
    }

    private void close() throws IOException {
        if (listener != null) {
            listener.close();
            listener = null;
        }
        reset();
    }

    private void reset() throws IOException {
        for (Socket connection : connections) {
            try {
                connection.setSoLinger(true, 0);
            } catch (SocketException closed) {
                // by itself, meanwhile
            }
            connection.close();
        }
    }

    private void accept(ServerSocket from) {
        try {
            while (true) {
                Socket connection = from.accept();
                connections.add(connection);
                threads.execute(() -> serve(connection));
            }
        } catch (IOException closed) {
            // refuses from now on
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            connection.setTcpNoDelay(true);
            int first = firstByte(connection);
            if (first == TLS_HANDSHAKE_RECORD) {
                serveHttps(connection, first);
            } else if (first >= 0) {
                new RawProtocol(connection, ledger).serve(first);
            }
        } catch (IOException broken) {
            // clients may do as they like
        } finally {
            connections.remove(connection);
        }
    }

    private int firstByte(Socket connection) throws IOException {
        if (greeting) {
            connection.setSoTimeout(SILENCE_MILLIS);
            try {
                return connection.getInputStream().read();
            } catch (SocketTimeoutException silent) {
                connection.getOutputStream().write(GREETING.getBytes(US_ASCII));
            } finally {
                connection.setSoTimeout(0);
            }
        }
        return connection.getInputStream().read();
    }

    private void serveHttps(Socket connection, int first) throws IOException {
        InputStream consumed = new ByteArrayInputStream(new byte[] {(byte) first});
        try (SSLSocket secure = (SSLSocket) tls.getSocketFactory().createSocket(connection, consumed, true)) {
            InputStream in = new BufferedInputStream(secure.getInputStream());
            boolean goesOn = true;
            while (goesOn) {
                String head = head(in);
                if (head.isEmpty()) {
                    return;
                }
                goesOn = !head.contains("Connection: close");
                secure.getOutputStream().write(answer(head.split(" ", -1)[1], goesOn));
            }
        }
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        for (int c = in.read(); c >= 0; c = in.read()) {
            head.append((char) c);
            if (c == '\n' && head.indexOf("\r\n\r\n", head.length() - 4) >= 0) {
                return head.toString();
            }
        }
        return "";
    }

    private byte[] answer(String path, boolean goesOn) {
        return switch (path) {
            case "/readyz" ->
                red
                        ? answer("500 Internal Server Error", "[-]etcd failed: reason withheld\n", goesOn)
                        : answer("200 OK", "ok", goesOn);
            case "/version" -> answer("200 OK", "{\"gitVersion\": \"v1.36.2\"}", goesOn);
            default -> answer("404 Not Found", "", goesOn);
        };
    }

    private static byte[] answer(String status, String body, boolean goesOn) {
        return ("HTTP/1.1 " + status + "\r\nContent-Length: " + body.length() + (goesOn ? "" : "\r\nConnection: close")
                        + "\r\n\r\n" + body)
                .getBytes(US_ASCII);
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "api-server");
        thread.setDaemon(true);
        return thread;
    }
}
