package io.apiserverlb;

import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What is allowed of a property's value; each rule throws a {@link ConfigurationException} that says it. */
final class Rule {
    private static final Duration SHORTEST_INTERVAL = Duration.ofMillis(200);
    private static final Duration SHORTEST_TIMEOUT = Duration.ofMillis(50);
    /** Linux' MAX_TCP_KEEPIDLE and MAX_TCP_KEEPINTVL. */
    private static final long MAX_TCP_SECONDS = 32_767;

    private static final int MAX_PORT = 65_535;

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?");
    private static final Pattern PATH = Pattern.compile("/[\\x21-\\x7e]*");

    private Rule() {}

    static void name(String property, String value) {
        require(NAME.matcher(value).matches(), property, value, "63 letters, digits, '.', '_' and '-' at most");
    }

    static void path(String property, String value) {
        require(PATH.matcher(value).matches(), property, value, "it must begin with / and hold no blank");
    }

    static void atLeast(String property, int value, int least) {
        require(value >= least, property, value, "it must be at least " + least);
    }

    static void between(String property, double value, double least, double most) {
        require(value >= least && value <= most, property, value, "it must be between " + least + " and " + most);
    }

    static void between(String property, int value, int least, int most) {
        require(value >= least && value <= most, property, value, "it must be between " + least + " and " + most);
    }

    static void interval(String property, Duration value) {
        atLeast(property, value, SHORTEST_INTERVAL);
    }

    static void port(String property, @Nullable Integer value) {
        if (value != null) {
            between(property, value, 1, MAX_PORT);
        }
    }

    static void timeout(String property, Duration value) {
        atLeast(property, value, SHORTEST_TIMEOUT);
    }

    static void timeoutOrOff(String property, Duration value) {
        if (!value.isZero()) {
            require(
                    value.compareTo(SHORTEST_TIMEOUT) >= 0,
                    property,
                    Durations.text(value),
                    "it must be 0 (off) or at least " + Durations.text(SHORTEST_TIMEOUT));
        }
    }

    /** Seconds that TCP can count. */
    static void tcpSeconds(String property, Duration value) {
        boolean whole = value.equals(Duration.ofSeconds(value.toSeconds()));
        require(
                whole && value.toSeconds() >= 1 && value.toSeconds() <= MAX_TCP_SECONDS,
                property,
                Durations.text(value),
                "it must be whole seconds, from 1s to " + MAX_TCP_SECONDS + "s");
    }

    static void atMost(String property, Duration value, Duration most) {
        require(
                value.compareTo(most) <= 0,
                property,
                Durations.text(value),
                "it must be at most " + Durations.text(most));
    }

    private static void atLeast(String property, Duration value, Duration least) {
        require(
                value.compareTo(least) >= 0,
                property,
                Durations.text(value),
                "it must be at least " + Durations.text(least));
    }

    private static void require(boolean allowed, String property, Object value, String rule) {
        if (!allowed) {
            throw ConfigurationException.of(property, value, rule);
        }
    }
}
