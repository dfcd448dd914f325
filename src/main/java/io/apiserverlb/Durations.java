package io.apiserverlb;

import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as they stand in the configuration: a whole number and a unit, or 0. */
final class Durations {
    private static final Pattern TEXT = Pattern.compile("(\\d{1,12})(ms|s|m|h|d)");
    private static final Map<String, Duration> UNITS = Map.of(
            "ms", Duration.ofMillis(1),
            "s", Duration.ofSeconds(1),
            "m", Duration.ofMinutes(1),
            "h", Duration.ofHours(1),
            "d", Duration.ofDays(1));
    /** So that no sum of durations overflows a count of nanoseconds. */
    private static final Duration LONGEST = Duration.ofDays(3_650);

    private Durations() {}

    /**
     * Reads a duration.
     *
     * @throws IllegalArgumentException that says what is allowed
     */
    static Duration parse(String text) {
        if (text.strip().equals("0")) {
            return Duration.ZERO;
        }
        Matcher matcher = TEXT.matcher(text.strip());
        Duration unit = matcher.matches() ? UNITS.get(matcher.group(2)) : null;
        if (unit == null) {
            throw new IllegalArgumentException(
                    "a duration is a whole number with a unit, such as 500ms, 5s or 1m, or 0");
        }
        long count = Long.parseLong(matcher.group(1));
        // Not dividedBy: that computes in BigDecimal, whose tables take 50 ms of a start.
        if (count > LONGEST.toMillis() / unit.toMillis()) {
            throw new IllegalArgumentException("a duration is 3650d at most");
        }
        return unit.multipliedBy(count);
    }

    /** With the longest unit of which it is a whole number. */
    static String text(Duration duration) {
        if (duration.isZero()) {
            return "0";
        }
        if (duration.toMillis() % 1_000 != 0) {
            return duration.toMillis() + "ms";
        }
        long seconds = duration.toSeconds();
        if (seconds % 60 != 0) {
            return seconds + "s";
        }
        long minutes = duration.toMinutes();
        if (minutes % 60 != 0) {
            return minutes + "m";
        }
        long hours = duration.toHours();
        return hours % 24 == 0 ? hours / 24 + "d" : hours + "h";
    }
}
