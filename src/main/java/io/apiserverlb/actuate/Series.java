package io.apiserverlb.actuate;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.stream.DoubleStream;

/**
 * Meters with labels in common, which go together.
 *
 * <p>Names have dots as everywhere in Micrometer; Prometheus shows them with underscores, the unit, and {@code _total} for counters. To be
 * held by its owner as long as the meters are to be shown. Not safe for use by several threads; the meters are.
 */
final class Series {
    private final MeterRegistry registry;
    private final Tags common;
    private final List<Meter> meters = new ArrayList<>();

    Series(MeterRegistry registry, Tags common) {
        this.registry = registry;
        this.common = common;
    }

    void gauge(String name, String help, DoubleSupplier value, String... labels) {
        keep(Gauge.builder(name, value::getAsDouble)
                .description(help)
                .tags(common.and(labels))
                .register(registry));
    }

    /** A gauge that is 1 for the value that applies and 0 for all others. */
    <E extends Enum<E>> void states(String name, String help, String label, E[] values, Predicate<E> applies) {
        for (E value : values) {
            gauge(name, help, () -> applies.test(value) ? 1 : 0, label, Label.dashed(value));
        }
    }

    /** A moment, in seconds since 1970. */
    void timestamp(String name, String help, DoubleSupplier seconds, String... labels) {
        keep(TimeGauge.builder(name, seconds::getAsDouble, TimeUnit.SECONDS)
                .description(help)
                .tags(common.and(labels))
                .register(registry));
    }

    Counter counter(String name, String help, String... labels) {
        return keep(
                Counter.builder(name).description(help).tags(common.and(labels)).register(registry));
    }

    /** One counter per constant, from 0. */
    <E extends Enum<E>> Counters<E> counters(
            String name, String help, String label, Class<E> type, Function<E, String> text, String... more) {
        Map<E, Counter> counters = new EnumMap<>(type);
        for (E value : type.getEnumConstants()) {
            String[] labels = Arrays.copyOf(more, more.length + 2);
            labels[more.length] = label;
            labels[more.length + 1] = text.apply(value);
            counters.put(value, counter(name, help, labels));
        }
        return new Counters<>(counters);
    }

    /** A counter that is kept elsewhere. */
    void counter(String name, String help, LongSupplier value, String... labels) {
        // Micrometer holds the object weakly and the function strongly: the object must be one that lives as long as
        // the meter.
        keep(FunctionCounter.builder(name, this, series -> value.getAsLong())
                .description(help)
                .tags(common.and(labels))
                .register(registry));
    }

    void summary(String name, String help, Durations durations) {
        keep(FunctionTimer.builder(
                        name, this, series -> durations.count(), series -> durations.nanos(), TimeUnit.NANOSECONDS)
                .description(help)
                .tags(common)
                .register(registry));
    }

    /**
     * A histogram of durations.
     *
     * @param bounds upper bounds of the buckets in seconds
     */
    Timer histogram(String name, String help, DoubleStream bounds, String... labels) {
        return keep(Timer.builder(name)
                .description(help)
                .serviceLevelObjectives(bounds.mapToObj(seconds -> Duration.ofNanos(Math.round(seconds * 1e9)))
                        .toArray(Duration[]::new))
                .tags(common.and(labels))
                .register(registry));
    }

    private <M extends Meter> M keep(M meter) {
        meters.add(meter);
        return meter;
    }

    void remove() {
        meters.forEach(registry::remove);
    }
}
