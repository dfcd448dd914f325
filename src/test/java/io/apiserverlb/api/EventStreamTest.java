package io.apiserverlb.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.apiserverlb.pool.Event;
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

    private static EventStream stream(Duration heartbeat) {
        return new EventStream(BACKLOG, heartbeat, Event::message);
    }

    private static Event event(int number) {
        return new Event(
                "b-" + number,
                ApiUnderTest.NOW,
                Event.Type.PROCESS,
                Event.Severity.INFO,
                null,
                "test",
                "event " + number,
                null,
                null);
    }

    private Future<?> send(EventStream stream, OutputStream out, Event... first) {
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
        EventStream stream = stream(Duration.ofMinutes(1));
        stream.accept(event(2)); // between the two

        Future<?> sending = send(stream, sent, event(1));
        await().until(() -> sent().contains("event 2"));
        stream.accept(event(3));
        await().until(() -> sent().contains("event 3"));
        stream.end();

        sending.get(10, TimeUnit.SECONDS);
        assertThat(sent()).startsWith(":").endsWith("""
                id: b-1
                data: event 1

                id: b-2
                data: event 2

                id: b-3
                data: event 3

                """);
    }

    @Test
    void saysSomethingNowAndThenThoughNothingHappens() {
        EventStream stream = stream(Duration.ofMillis(20));

        var unused = send(stream, sent);

        await().until(() -> sent().endsWith("\n\n:\n\n:\n\n"));
        stream.end();
    }

    @Test
    void letsGoOfAClientThatDoesNotKeepUp() throws Exception {
        EventStream stream = stream(Duration.ofMinutes(1));
        CountDownLatch stuck = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        Future<?> sending = send(stream, new OutputStream() {
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
        });
        stuck.await();

        for (int i = 0; i < BACKLOG; i++) {
            stream.accept(event(i));
        }
        assertThat(stream.isOver()).isFalse();
        stream.accept(event(BACKLOG));
        assertThat(stream.isOver()).isTrue();

        released.countDown();
        sending.get(10, TimeUnit.SECONDS);
        assertThat(sent()).doesNotContain("id: ");
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
