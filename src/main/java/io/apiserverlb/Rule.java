package io.apiserverlb;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What is allowed of a property's value; each rule throws a {@link ConfigurationException} that says it. */
final class Rule {
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

    static void port(String property, @Nullable Integer value) {
        if (value != null) {
            between(property, value, 1, MAX_PORT);
        }
    }

    private static void require(boolean allowed, String property, Object value, String rule) {
        if (!allowed) {
            throw ConfigurationException.of(property, value, rule);
        }
    }
}
