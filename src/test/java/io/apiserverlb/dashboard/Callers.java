package io.apiserverlb.dashboard;

import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import javax.net.ssl.SSLContext;

/** Clients that keep asking the demo's servers through a balancer, and connect again whenever a session has ended. */
final class Callers implements AutoCloseable {
    private static final byte[] REQUEST =
            "GET /version HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int MOST_REQUESTS = 12;
    private static final int LONGEST_PAUSE_MILLIS = 600;
    private static final int RETRY_MILLIS = 200;
    private static final int SILENCE_MILLIS = 5_000;

    private final int port;
    private final SSLContext tls;
    private final CountDownLatch closed = new CountDownLatch(1);

    Callers(int port, int count) throws GeneralSecurityException {
        this.port = port;
        this.tls = SSLContext.getInstance("TLS");
        tls.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
        IntStream.range(0, count).forEach(this::start);
    }

    private void start(int number) {
        Thread thread = new Thread(() -> call(new Random(number), number % 2 == 0), "caller-" + number);
        thread.setDaemon(true);
        thread.start();
    }

    /** @param stays whether it leaves a session only when that is ended for it */
    private void call(Random random, boolean stays) {
        try {
            do {
                try (Socket socket = tls.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port)) {
                    socket.setSoTimeout(SILENCE_MILLIS);
                    ask(socket, random, stays ? Integer.MAX_VALUE : 1 + random.nextInt(MOST_REQUESTS));
                } catch (IOException e) {
                    // the session was ended, or there is no balancer at present
                }
            } while (!closed.await(RETRY_MILLIS, TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void ask(Socket socket, Random random, int requests) throws IOException, InterruptedException {
        InputStream in = socket.getInputStream();
        OutputStream out = socket.getOutputStream();
        byte[] buffer = new byte[1 << 14];
        for (int i = 0; i < requests; i++) {
            out.write(REQUEST);
            if (in.read(buffer) < 0 || closed.await(1 + random.nextInt(LONGEST_PAUSE_MILLIS), TimeUnit.MILLISECONDS)) {
                return;
            }
        }
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
