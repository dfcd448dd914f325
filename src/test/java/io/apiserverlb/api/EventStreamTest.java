package io.apiserverlb.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class EventStreamTest {
    private static final int BACKLOG = 3;

    private final ExecutorService executor = Executors.newSingleThreadExecutor();
    private final ByteArrayOutputStream sent = new ByteArrayOutputStream();

    @AfterEach
    void stop() {
        executor.shutdownNow();
    }

    private static EventStream<Integer> stream(Duration heartbeat) {
        return stream(BACKLOG, EventStream.Lag.ENDS, heartbeat);
    }

    private static EventStream<Integer> stream(int backlog, EventStream.Lag lag, Duration heartbeat) {
        return new EventStream<>(
                backlog, lag, heartbeat, number -> EventStream.bytes("data: event " + number + "\n\n"));
    }

    private Future<?> send(EventStream<Integer> stream, OutputStream out, Integer... first) {
        return executor.submit(() -> {
            stream.send(List.of(first), out);
            return null;
        });
    }

    private String sent() {
        return sent.toString(UTF_8);
    }

    @Test
    void sendsWhatTheClientHasMissedAndThenWhatHappens() throws Exception {
        EventStream<Integer> stream = stream(Duration.ofMinutes(1));
        stream.accept(2); // between the two

        Future<?> sending = send(stream, sent, 1);
        await().until(() -> sent().contains("event 2"));
        stream.accept(3);
        await().until(() -> sent().contains("event 3"));
        stream.end();

        sending.get(10, TimeUnit.SECONDS);
        assertThat(sent()).startsWith(":").endsWith("""
                data: event 1

                data: event 2

                data: event 3

                """);
    }

    @Test
    void saysSomethingNowAndThenThoughNothingHappens() {
        EventStream<Integer> stream = stream(Duration.ofMillis(20));

        var unused = send(stream, sent);

        await().until(() -> sent().endsWith("\n\n:\n\n:\n\n"));
        stream.end();
    }

    /** A client that takes nothing from the moment on at which it has been sent the beginning. */
    private final class StuckClient extends OutputStream {
        private final CountDownLatch stuck = new CountDownLatch(1);
        private final CountDownLatch released = new CountDownLatch(1);

        @Override
        public void write(int b) {
            sent.write(b);
        }

        @Override
        public void flush() throws IOException {
            stuck.countDown();
            try {
                released.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }
    }

    @Test
    void letsGoOfAClientThatDoesNotKeepUp() throws Exception {
        EventStream<Integer> stream = stream(Duration.ofMinutes(1));
        StuckClient client = new StuckClient();
        Future<?> sending = send(stream, client);
        client.stuck.await();

        for (int i = 0; i < BACKLOG; i++) {
            stream.accept(i);
        }
        assertThat(stream.isOver()).isFalse();
        stream.accept(BACKLOG);
        assertThat(stream.isOver()).isTrue();

        client.released.countDown();
        sending.get(10, TimeUnit.SECONDS);
        assertThat(sent()).doesNotContain("data: ");
    }

    @Test
    void sendsOnlyTheNewestToAClientThatDoesNotKeepUpIfItMaySkipSome() throws Exception {
        EventStream<Integer> stream = stream(1, EventStream.Lag.SKIPS, Duration.ofMinutes(1));
        StuckClient client = new StuckClient();
        Future<?> sending = send(stream, client);
        client.stuck.await();

        for (int i = 1; i <= 5; i++) {
            stream.accept(i);
        }
        client.released.countDown();
        await().until(() -> sent().contains("event 5"));
        stream.accept(6);
        await().until(() -> sent().contains("event 6"));
        stream.end();

        sending.get(10, TimeUnit.SECONDS);
        assertThat(sent()).endsWith("\nretry: 2000\n\ndata: event 5\n\ndata: event 6\n\n");
    }

    @Test
    void endsWhenTheClientIsGone() {
        Future<?> sending = send(stream(Duration.ofMinutes(1)), new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("gone");
            }
        });

        assertThatThrownBy(() -> sending.get(10, TimeUnit.SECONDS)).hasRootCauseMessage("gone");
    }
}
