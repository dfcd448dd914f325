package io.apiserverlb.check;

import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** An event loop whose time passes when a test says so. */
final class ManualLoop {
    private static final Instant START = Instant.parse("2026-11-24T00:00:00Z");
    private static final int STEP_MILLIS = 5;

    private final MockTicker ticker = Ticker.newMockTicker();
    private final EmbeddedChannel channel =
            EmbeddedChannel.builder().ticker(ticker).build();
    private final long startNanos = ticker.nanoTime();

    Surroundings surroundings() {
        return new Surroundings(channel.eventLoop(), () -> START.plus(now()), ticker::nanoTime, new Random(1));
    }

    /** Time since the start. */
    Duration now() {
        return Duration.ofNanos(ticker.nanoTime() - startNanos);
    }

    /** Goes on for a while. */
    void run(Duration time) {
        for (long millis = 0; millis < time.toMillis(); millis += STEP_MILLIS) {
            standStill(Duration.ofMillis(STEP_MILLIS));
        }
    }

    /** Stands still for a while and then does what has become due. */
    void standStill(Duration time) {
        ticker.advance(time.toNanos(), TimeUnit.NANOSECONDS);
        channel.runPendingTasks();
    }
}
