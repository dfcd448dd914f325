package io.apiserverlb.discovery;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** The pauses between attempts: one, two, four times the first … up to the longest, each give or take a tenth. For one thread at a time. */
public final class RetryPauses {
    private static final double JITTER = 0.1;

    private final Duration first;
    private final Duration longest;
    private final RandomGenerator random;
    private Duration next;

    public RetryPauses(Duration first, Duration longest, RandomGenerator random) {
        this.first = first.compareTo(longest) < 0 ? first : longest;
        this.next = this.first;
        this.longest = longest;
        this.random = random;
    }

    public Duration next() {
        Duration pause = next;
        Duration twice = pause.multipliedBy(2);
        next = twice.compareTo(longest) < 0 ? twice : longest;
        return jittered(pause, random);
    }

    /** Begins with the first again. */
    public void reset() {
        next = first;
    }

    public static Duration jittered(Duration pause, RandomGenerator random) {
        return Duration.ofNanos((long) (pause.toNanos() * random.nextDouble(1 - JITTER, 1 + JITTER)));
    }
}
