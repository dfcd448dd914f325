package io.apiserverlb.failover;

import static org.assertj.core.api.Assertions.assertThat;

import io.apiserverlb.testing.Background;
import java.io.BufferedReader;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Clients and servers that use TCP in ways that are legal and rare, beside all the usual ones. */
@Execution(ExecutionMode.CONCURRENT)
class RelayingIT {
    private static final int MEGABYTE = 1024 * 1024;
    private static final int GENTLY = 20;

    @Scenario
    void aSlowReaderGetsAllAndHoldsUpNobody() throws Exception {
        long size = 30L * MEGABYTE;
        ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
        try (Scene scene = Scene.here(3).start();
                Socket client = new Socket()) {
            client.setReceiveBufferSize(MEGABYTE / 16);
            Raw.connect(scene.to(), client);
            Raw.say(client, "send " + size + "\n");
            AtomicLong read = new AtomicLong();
            AtomicLong furthestAhead = new AtomicLong();
            CompletableFuture<Void> end = new CompletableFuture<>();
            clock.scheduleAtFixedRate(
                    () -> {
                        try {
                            byte[] chunk = client.getInputStream().readNBytes(MEGABYTE / 16);
                            long position = read.getAndAdd(chunk.length);
                            assertThat(chunk).isEqualTo(Bytes.chunk(position, chunk.length));
                            long taken = scene.balancer().pool().list().servers().stream()
                                    .mapToLong(server -> server.load().bytesOut())
                                    .max()
                                    .orElse(0);
                            furthestAhead.accumulateAndGet(taken - position, Math::max);
                            if (chunk.length < MEGABYTE / 16) {
                                end.complete(null);
                            }
                        } catch (IOException | AssertionError e) {
                            end.completeExceptionally(e);
                        }
                    },
                    0,
                    20,
                    TimeUnit.MILLISECONDS);
            end.get(60, TimeUnit.SECONDS);

            assertThat(read).hasValue(size);
            Report report = scene.end();
            Figures.note("slow reader", "at most ", furthestAhead.get() / 1024, " KiB ahead; ", report);
            assertThat(furthestAhead.get())
                    .as("bytes between server and client")
                    .isLessThan(10L * MEGABYTE);
            report.noErrors();
            report.noCuts();
            report.mostBelow(Duration.ofMillis(20));
        } finally {
            clock.shutdownNow();
        }
    }

    /** As a {@code kubectl logs -f} that somebody pauses: longer than any time limit of a peer that has vanished. */
    @Scenario
    void aReaderThatPausesForAMinuteGetsAll() throws Exception {
        long size = 20L * MEGABYTE;
        Scene.Setting setting = Scene.withOneElsewhere(2).newPerSecond(GENTLY);
        String notLoopback = setting.server(1).namespace().hostAddress();
        try (Scene scene = setting.with("lb.listen", "0.0.0.0:0").start();
                Socket client = new Socket(notLoopback, scene.balancer().port());
                Socket uploader = new Socket(notLoopback, scene.balancer().port())) {
            Raw.say(client, "send " + size + "\n");
            Raw.say(uploader, "pause 60\n");
            CompletableFuture<Void> upload = Background.run(() -> upload(uploader, size));
            Scene.run(Duration.ofSeconds(60));

            client.shutdownOutput();
            assertThat(Bytes.check(client.getInputStream())).isEqualTo(size + " bytes");
            upload.get(20, TimeUnit.SECONDS);
            assertThat(answer(uploader)).isEqualTo(size + " bytes");
            Report report = scene.end();
            Figures.note("reader that pauses for 60 s", report);
            report.noErrors();
            report.noCuts();
        }
    }

    private static void upload(Socket client, long size) {
        try {
            Bytes.send(client.getOutputStream(), size);
            client.shutdownOutput();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String answer(Socket client) throws IOException {
        return new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    }

    @Scenario
    void singleBytesArriveAsTheyWereSent() throws Exception {
        int size = 3_000;
        try (Scene scene = Scene.here(3).newPerSecond(GENTLY).start();
                Socket client = Raw.connect(scene.to())) {
            Raw.say(client, "echo\n");
            for (int i = 0; i < size; i++) {
                client.getOutputStream().write(Bytes.at(i));
            }
            client.shutdownOutput();
            assertThat(Bytes.check(client.getInputStream())).isEqualTo(size + " bytes");

            Report report = scene.end();
            report.noErrors();
            report.noCuts();
        }
    }

    @Scenario
    void aHandshakeMayComeByteByByte() throws Exception {
        try (Scene scene = Scene.here(3).newPerSecond(GENTLY).start();
                Socket plain = Raw.connect(scene.to(), new Trickling());
                SSLSocket client = (SSLSocket) Authorities.OURS
                        .sslContext()
                        .getSocketFactory()
                        .createSocket(plain, "localhost", scene.to().getPort(), true)) {
            client.getOutputStream().write(Raw.bytes("GET /version HTTP/1.1\r\nHost: kubernetes\r\n\r\n"));
            String status = new BufferedReader(
                            new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII))
                    .readLine();

            assertThat(status).isEqualTo("HTTP/1.1 200 OK");
            Report report = scene.end();
            report.noErrors();
            report.noCuts();
        }
    }

    @Scenario
    void aClientThatEndsFirstGetsTheRest() throws Exception {
        long size = 5L * MEGABYTE;
        try (Scene scene = Scene.here(3).newPerSecond(GENTLY).start();
                Socket client = Raw.connect(scene.to())) {
            Raw.say(client, "echo\n");
            CompletableFuture<Void> upload = Background.run(() -> upload(client, size));
            assertThat(Bytes.check(client.getInputStream())).isEqualTo(size + " bytes");
            upload.get(10, TimeUnit.SECONDS);

            Report report = scene.end();
            report.noErrors();
            report.noCuts();
        }
    }

    @Scenario
    void aServerThatEndsFirstGetsTheRest() throws Exception {
        long size = 5L * MEGABYTE;
        try (Scene scene = Scene.here(1).newPerSecond(GENTLY).start();
                Socket client = Raw.connect(scene.to())) {
            Raw.say(client, "send " + size + "\n");
            assertThat(Bytes.check(client.getInputStream())).isEqualTo(size + " bytes");
            upload(client, size + 1);
            Scene.until(() -> scene.server(1).received().equals(size + 1 + " bytes"));

            Report report = scene.end();
            report.noErrors();
            report.noCuts();
        }
    }

    @Scenario
    void aServerMaySpeakFirst() throws Exception {
        Scene.Setting setting = Scene.here(3).newPerSecond(GENTLY);
        for (int number = 1; number <= 3; number++) {
            setting.server(number).greet();
        }
        try (Scene scene = setting.start();
                Socket client = Raw.connect(scene.to())) {
            assertThat(client.getInputStream().readNBytes(ApiServer.GREETING.length()))
                    .isEqualTo(Raw.bytes(ApiServer.GREETING));
            Raw.say(client, "echo\nhello");
            assertThat(client.getInputStream().readNBytes(5)).isEqualTo(Raw.bytes("hello"));

            Report report = scene.end();
            report.noErrors();
            report.noCuts();
        }
    }

    /** Sends each byte by itself. */
    private static final class Trickling extends Socket {
        @Override
        public OutputStream getOutputStream() throws IOException {
            return new FilterOutputStream(super.getOutputStream()) {
                @Override
                public void write(byte[] bytes, int offset, int length) throws IOException {
                    for (int i = offset; i < offset + length; i++) {
                        out.write(bytes[i]);
                    }
                }
            };
        }
    }
}
