package io.apiserverlb.actuate;

import java.util.Locale;

/** How a constant reads in a label or a detail. */
final class Label {
    private Label() {}

    /** As Kubernetes writes states: {@code going-down}. */
    static String dashed(Enum<?> value) {
        return lower(value).replace('_', '-');
    }

    /** As Prometheus labels write reasons: {@code max_age}. */
    static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
