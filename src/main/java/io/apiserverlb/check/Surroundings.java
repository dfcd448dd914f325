package io.apiserverlb.check;

import io.netty.channel.EventLoop;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * Where and when checks run: one event loop, on which everything of theirs is called, and the clocks.
 *
 * @param nanoTime for durations
 * @param clock for dates
 */
record Surroundings(EventLoop loop, InstantSource clock, LongSupplier nanoTime, RandomGenerator random) {

    long now() {
        return nanoTime.getAsLong();
    }

    /** Runs a task later. */
    Timer after(long nanos, Runnable task) {
        return new Timer(loop.schedule(task, Math.max(nanos, 0), TimeUnit.NANOSECONDS));
    }

    /** 1, more or less by up to this share. */
    double about(double share) {
        return 1 + share * (2 * random.nextDouble() - 1);
    }
}
