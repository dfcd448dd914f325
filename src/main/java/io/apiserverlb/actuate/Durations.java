package io.apiserverlb.actuate;

import java.util.concurrent.atomic.LongAdder;

/** How many there were and how long they took together; for any thread. */
final class Durations {
    private final LongAdder count = new LongAdder();
    private final LongAdder nanos = new LongAdder();

    void add(long duration) {
        count.increment();
        nanos.add(duration);
    }

    long count() {
        return count.sum();
    }

    double nanos() {
        return nanos.sum();
    }
}
