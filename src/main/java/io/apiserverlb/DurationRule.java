package io.apiserverlb;

import java.time.Duration;
import java.util.function.Predicate;

/**
 * What is allowed of a property that is a duration.
 *
 * @param words that say it
 */
record DurationRule(Predicate<Duration> allows, String words) {
    private static final Duration SHORTEST_TIMEOUT = Duration.ofMillis(50);
    /** Linux' MAX_TCP_KEEPIDLE and MAX_TCP_KEEPINTVL. */
    private static final long MAX_TCP_SECONDS = 32_767;

    static final DurationRule INTERVAL = atLeast(Duration.ofMillis(200));
    static final DurationRule TIMEOUT = atLeast(SHORTEST_TIMEOUT);
    static final DurationRule TIMEOUT_OR_ZERO = zeroOr("0", TIMEOUT);
    static final DurationRule TIMEOUT_OR_OFF = zeroOr("0 (off)", TIMEOUT);

    /** Seconds that TCP can count. */
    static final DurationRule TCP_SECONDS = new DurationRule(
            value -> value.equals(Duration.ofSeconds(value.toSeconds()))
                    && value.toSeconds() >= 1
                    && value.toSeconds() <= MAX_TCP_SECONDS,
            "whole seconds, from 1s to " + MAX_TCP_SECONDS + "s");

    private static DurationRule atLeast(Duration least) {
        return new DurationRule(value -> value.compareTo(least) >= 0, "at least " + Durations.text(least));
    }

    private static DurationRule zeroOr(String zero, DurationRule other) {
        return new DurationRule(value -> value.isZero() || other.allows.test(value), zero + " or " + other.words);
    }

    static DurationRule atMost(Duration most) {
        return new DurationRule(value -> value.compareTo(most) <= 0, "at most " + Durations.text(most));
    }

    /**
     * Applies it.
     *
     * @param text the value as it was given
     * @throws ConfigurationException if it is not allowed
     */
    void require(String property, String text, Duration value) {
        if (!allows.test(value)) {
            throw ConfigurationException.of(property, text, "it must be " + words);
        }
    }
}
