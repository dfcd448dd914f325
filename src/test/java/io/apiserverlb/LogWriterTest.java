package io.apiserverlb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.OutputStreamAppender;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class LogWriterTest {
    private static final int MANY = 100_000;

    private final LoggerContext context = new LoggerContext();
    private final Logger logger = context.getLogger("test");
    private final Console console = new Console();
    private final LogWriter writer = new LogWriter(console.appender(context), logger);

    LogWriterTest() {
        context.setMDCAdapter(new LogbackMDCAdapter());
        logger.setLevel(Level.INFO);
        writer.setContext(context);
        writer.start();
        logger.addAppender(writer);
    }

    @AfterEach
    void stop() {
        console.open();
        context.stop();
    }

    @Test
    void writesALineWithoutBeingToldToStop() {
        console.open();

        logger.info("one");

        await().until(() -> console.lines().equals(List.of("one")));
    }

    @Test
    void writesWhatIsInTheQueueWhenItStopsInOrder() {
        console.open();
        List<String> expected =
                IntStream.range(0, 1_000).mapToObj(String::valueOf).toList();
        expected.forEach(line -> logger.info("{}", line));
        long start = System.nanoTime();

        context.stop();

        // It waits for them, but for a second at most: on a machine that is late they may take longer.
        boolean waited = System.nanoTime() - start >= TimeUnit.SECONDS.toNanos(1);
        assertThat(waited || console.lines().size() == expected.size()).isTrue();
        await().untilAsserted(() -> assertThat(console.lines()).containsExactlyElementsOf(expected));
    }

    @Test
    void writesManyLinesTogether() {
        console.open();
        IntStream.range(0, 1_000).forEach(i -> logger.info("{}", i));
        await().until(() -> console.lines().size() == 1_000);

        assertThat(console.flushes.get()).isLessThan(100);
    }

    @Test
    void neverWaitsForAConsoleThatStallsAndTellsWhatIsMissing() {
        for (int i = 0; i < MANY; i++) {
            logger.info("{}", i);
        }
        console.open();

        await().until(() -> console.lines().size() - dropped().size() + sum(dropped()) == MANY);
        assertThat(sum(dropped())).isPositive();
    }

    private List<Integer> dropped() {
        return console.lines().stream()
                .filter(line -> line.endsWith(" lines were dropped: they came faster than they could be written"))
                .map(line -> Integer.valueOf(line.split(" ", 2)[0]))
                .toList();
    }

    private static int sum(List<Integer> numbers) {
        return numbers.stream().mapToInt(Integer::intValue).sum();
    }

    @Test
    void stopsThoughNobodyReadsTheConsole() {
        logger.info("one");

        context.stop();

        assertThat(writer.isStarted()).isFalse();
    }

    /** Takes nothing until it is opened. */
    private static final class Console extends OutputStream {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final CountDownLatch opened = new CountDownLatch(1);
        private final AtomicInteger flushes = new AtomicInteger();

        OutputStreamAppender<ILoggingEvent> appender(LoggerContext context) {
            PatternLayoutEncoder encoder = new PatternLayoutEncoder();
            encoder.setContext(context);
            encoder.setPattern("%m%n");
            encoder.start();
            OutputStreamAppender<ILoggingEvent> appender = new OutputStreamAppender<>();
            appender.setContext(context);
            appender.setName("console");
            appender.setEncoder(encoder);
            appender.setOutputStream(this);
            appender.start();
            return appender;
        }

        void open() {
            opened.countDown();
        }

        List<String> lines() {
            return bytes.toString(StandardCharsets.UTF_8).lines().toList();
        }

        @Override
        public void write(byte[] line, int from, int length) throws IOException {
            try {
                if (opened.getCount() > 0) { // a console that takes lines is not disturbed by an interrupt
                    opened.await();
                }
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            bytes.write(line, from, length);
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void flush() {
            flushes.incrementAndGet();
        }
    }
}
