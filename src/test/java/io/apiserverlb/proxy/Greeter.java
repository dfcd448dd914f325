package io.apiserverlb.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A server that says its name to each client and then holds the connection until the client ends it. */
final class Greeter implements AutoCloseable {
    private final ServerSocket listening;
    private final String name;
    private final Thread accepting;
    private final List<Socket> accepted = new CopyOnWriteArrayList<>();

    Greeter(String name) throws IOException {
        this.name = name;
        this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        this.accepting = start(this::accept);
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listening.accept();
                accepted.add(socket);
                start(() -> greet(socket));
            }
        } catch (IOException closed) {
            // the test is over
        }
    }

    private void greet(Socket socket) {
        try (socket) {
            socket.getOutputStream().write((name + "\n").getBytes(UTF_8));
            socket.getInputStream().transferTo(OutputStream.nullOutputStream());
        } catch (IOException broken) {
            // the client may do as it likes
        }
    }

    private Thread start(Runnable task) {
        Thread thread = new Thread(task, "greeter-" + name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    int port() {
        return listening.getLocalPort();
    }

    int accepted() {
        return accepted.size();
    }

    /** Says something more to the client that came last. */
    void sayToLast(String words) throws IOException {
        accepted.get(accepted.size() - 1).getOutputStream().write(words.getBytes(UTF_8));
    }

    /** The name that a client was greeted with; the end of input gives an empty one. */
    static String greeting(Socket client) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = client.getInputStream().read();
                c >= 0 && c != '\n';
                c = client.getInputStream().read()) {
            line.append((char) c);
        }
        return line.toString();
    }

    /** Refuses clients from now on; those that are connected stay. */
    void refuse() throws IOException, InterruptedException {
        listening.close();
        accepting.join(); // until then the kernel goes on to listen
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (Socket socket : accepted) {
            socket.close();
        }
    }
}
