package io.apiserverlb.actuate;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.config.NamingConvention;
import org.jspecify.annotations.Nullable;

/**
 * Lets Prometheus have a gauge {@code apiserver_lb_connections} beside a counter {@code apiserver_lb_connections_total}.
 *
 * <p>Micrometer takes {@code _total} off a counter's name and puts it on again when it writes, and so sees one name twice here. What it
 * leaves alone is a name that a convention ends with {@code _total}.
 */
final class PrometheusNames implements NamingConvention {
    static final String CONNECTIONS_TOTAL = "apiserver.lb.connections.total";

    private final NamingConvention others;

    PrometheusNames(NamingConvention others) {
        this.others = others;
    }

    @Override
    public String name(String name, Meter.Type type, @Nullable String baseUnit) {
        return name.equals(CONNECTIONS_TOTAL) ? "apiserver_lb_connections_total" : others.name(name, type, baseUnit);
    }

    @Override
    public String tagKey(String key) {
        return others.tagKey(key);
    }

    @Override
    public String tagValue(String value) {
        return others.tagValue(value);
    }
}
