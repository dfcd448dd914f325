package io.apiserverlb.check;

import io.apiserverlb.pool.ServerAddress;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import javax.net.ServerSocketFactory;

/** A server on 127.0.0.1 that does what a test wants, however rude; one thread per connection. */
final class ScriptedServer implements AutoCloseable {
    /** What to do with one connection, which is closed afterwards; connections are numbered from 1. */
    interface Script {
        void serve(Socket connection, int number) throws Exception;
    }

    private final ServerSocket listener;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Socket> connections = new CopyOnWriteArrayList<>();

    ScriptedServer(Script script) throws IOException {
        this(ServerSocketFactory.getDefault(), script);
    }

    /** @param sockets those of an SSL context for a TLS server */
    ScriptedServer(ServerSocketFactory sockets, Script script) throws IOException {
        listener = sockets.createServerSocket(0, 50, InetAddress.getLoopbackAddress());
        threads.execute(() -> {
            try {
                while (true) {
                    Socket connection = listener.accept();
                    connections.add(connection);
                    int number = connections.size();
                    threads.execute(() -> {
                        try (connection) {
                            script.serve(connection, number);
                        } catch (Exception e) {
                            // The other end has gone, or the test is over.
                        }
                    });
                }
            } catch (IOException | RejectedExecutionException e) {
                // The test is over.
            }
        });
    }

    ServerAddress address() {
        return new ServerAddress("127.0.0.1", listener.getLocalPort());
    }

    int accepted() {
        return connections.size();
    }

    /** Reads one HTTP request without a body; throws if the other end closes before its end. */
    static String readRequest(Socket connection) throws IOException {
        StringBuilder request = new StringBuilder();
        InputStream in = connection.getInputStream();
        while (request.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                throw new SocketException("closed by the other end");
            }
            request.append((char) next);
        }
        return request.toString();
    }

    static void write(Socket connection, String text) throws IOException {
        connection.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        connection.getOutputStream().flush();
    }

    static String answer(String statusLine, String body) {
        return "HTTP/1.1 " + statusLine + "\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
    }

    /** Answers each request of a connection alike. */
    static Script answering(String answer) {
        return (connection, number) -> {
            while (true) {
                readRequest(connection);
                write(connection, answer);
            }
        };
    }

    /** Waits until the other end closes, however it does that. */
    static void awaitClose(Socket connection) throws IOException {
        connection.getInputStream().readAllBytes();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket connection : connections) {
            connection.close();
        }
        threads.shutdownNow();
    }
}
