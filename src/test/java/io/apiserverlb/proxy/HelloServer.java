package io.apiserverlb.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/** A server that reads what a client says first and then does what it is told; afterwards it sends everything back. */
final class HelloServer implements AutoCloseable {
    enum Manner {
        ANSWER,
        /** Says nothing until it is told to {@link #speak}. */
        SILENT,
        /** Answers the first words and no others. */
        STOP,
        RESET,
        CLOSE
    }

    private final ServerSocket listening;
    private final String name;
    private final int expected;
    private final CountDownLatch speak = new CountDownLatch(1);
    private final List<Socket> accepted = new CopyOnWriteArrayList<>();
    private final List<byte[]> heard = new CopyOnWriteArrayList<>();
    private volatile Manner manner;

    /** @param expected how many bytes a client says first */
    HelloServer(String name, int expected, Manner manner) throws IOException {
        this.name = name;
        this.expected = expected;
        this.manner = manner;
        this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start(this::accept);
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listening.accept();
                accepted.add(socket);
                start(() -> serve(socket));
            }
        } catch (IOException closed) {
            // the test is over
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            InputStream in = socket.getInputStream();
            byte[] first = in.readNBytes(expected);
            if (first.length == expected) {
                heard.add(first);
            }
            switch (manner) {
                case RESET -> socket.setSoLinger(true, 0);
                case CLOSE -> socket.shutdownOutput();
                case SILENT, ANSWER, STOP -> answer(socket);
            }
        } catch (IOException broken) {
            // the client may do as it likes
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void answer(Socket socket) throws IOException, InterruptedException {
        if (manner == Manner.SILENT) {
            speak.await();
        }
        socket.getOutputStream().write((name + "\n").getBytes(UTF_8));
        if (manner == Manner.STOP) {
            speak.await();
        }
        socket.getInputStream().transferTo(socket.getOutputStream());
    }

    private static void start(Runnable task) {
        Thread thread = new Thread(task, "hello-server");
        thread.setDaemon(true);
        thread.start();
    }

    void become(Manner next) {
        manner = next;
    }

    void speak() {
        speak.countDown();
    }

    /** Resets every connection. */
    void breakOff() throws IOException {
        for (Socket socket : accepted) {
            socket.setSoLinger(true, 0);
            socket.close();
        }
    }

    int port() {
        return listening.getLocalPort();
    }

    int accepted() {
        return accepted.size();
    }

    /** What each client said first, as far as it came whole. */
    List<byte[]> heard() {
        return heard;
    }

    @Override
    public void close() throws IOException {
        speak();
        listening.close();
        for (Socket socket : accepted) {
            socket.close();
        }
    }
}
