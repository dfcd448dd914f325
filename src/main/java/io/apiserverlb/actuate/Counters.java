package io.apiserverlb.actuate;

import io.micrometer.core.instrument.Counter;
import java.util.Map;
import java.util.Objects;

/** One counter for each constant of an enum; for any thread. */
record Counters<E extends Enum<E>>(Map<E, Counter> counters) {
    void increment(E constant) {
        Objects.requireNonNull(counters.get(constant)).increment();
    }
}
