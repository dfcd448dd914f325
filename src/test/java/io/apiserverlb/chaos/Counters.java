package io.apiserverlb.chaos;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A scrape of Prometheus, by metric and server; of other labels the sum. */
record Counters(Map<String, Double> values) {
    private static final Pattern SAMPLE = Pattern.compile("(\\w+)\\{([^}]*)\\} (\\S+)");
    private static final Pattern SERVER = Pattern.compile("server=\"([^\"]+)\"");
    private static final Pattern DIRECTION = Pattern.compile("direction=\"(\\w+)\"");

    static Counters parse(String text) {
        Map<String, Double> values = new HashMap<>();
        text.lines().forEach(line -> {
            Matcher sample = SAMPLE.matcher(line);
            if (sample.matches()) {
                String key = sample.group(1) + find(DIRECTION, sample.group(2)) + find(SERVER, sample.group(2));
                values.merge(key, Double.parseDouble(sample.group(3)), Double::sum);
            }
        });
        return new Counters(values);
    }

    private static String find(Pattern label, String labels) {
        Matcher matcher = label.matcher(labels);
        return matcher.find() ? " " + matcher.group(1) : "";
    }

    /** What a metric says of a server; 0 if nothing. */
    long of(String metric, String server) {
        return values.getOrDefault("apiserver_lb_" + metric + " " + server, 0.0).longValue();
    }

    /** What a metric says that is about no server. */
    long of(String metric) {
        return values.getOrDefault("apiserver_lb_" + metric, 0.0).longValue();
    }
}
