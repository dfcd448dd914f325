package io.apiserverlb.actuate;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The text that Prometheus gets, as its series. */
record Scrape(String text) {
    private static final Pattern SAMPLE = Pattern.compile("(\\w+)\\{(.*)} (\\S+)");

    /** A registry like the application's, which fails on what the application's would only log. */
    static PrometheusMeterRegistry registry() {
        PrometheusMeterRegistry registry =
                new PrometheusMeterRegistry(PrometheusConfig.DEFAULT).throwExceptionOnRegistrationFailure();
        registry.config().namingConvention(new PrometheusNames(registry.config().namingConvention()));
        return registry;
    }

    static Scrape of(PrometheusMeterRegistry registry) {
        return new Scrape(registry.scrape());
    }

    /** Value by series, such as {@code apiserver_lb_bytes_total{direction="in",lb="x"}}. */
    Map<String, Double> series() {
        Map<String, Double> series = new TreeMap<>();
        text.lines().filter(line -> !line.startsWith("#")).forEach(line -> {
            Matcher sample = SAMPLE.matcher(line);
            if (!sample.matches()) {
                throw new AssertionError("not a sample: " + line);
            }
            series.put(sample.group(1) + "{" + sample.group(2) + "}", Double.valueOf(sample.group(3)));
        });
        return series;
    }

    double value(String series) {
        Double value = series().get(series);
        if (value == null) {
            throw new AssertionError("no series " + series + " in\n" + text);
        }
        return value;
    }

    /** The series of one server. */
    List<String> of(String server) {
        return series().keySet().stream()
                .filter(series -> series.contains("server=\"" + server + "\""))
                .toList();
    }
}
