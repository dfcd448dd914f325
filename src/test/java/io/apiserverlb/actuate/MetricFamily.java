package io.apiserverlb.actuate;

import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * One metric of this product, as it is scraped or documented.
 *
 * @param labels beside {@code lb}
 */
record MetricFamily(String name, String type, Set<String> labels) {
    private static final Pattern TYPE = Pattern.compile("# TYPE (apiserver_lb_\\w+) (\\w+)");
    private static final Pattern ROW =
            Pattern.compile("(?m)^\\| `(apiserver_lb_\\w+)` \\| (\\w+) \\|(?: ([a-z, ]+))? \\|");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"[^\"]*\"");
    private static final Set<String> OF_ALL = Set.of("lb", "le");

    static Collection<MetricFamily> documented(String page) {
        return ROW.matcher(page)
                .results()
                .map(row -> new MetricFamily(row.group(1), row.group(2), labels(row.group(3))))
                .toList();
    }

    private static Set<String> labels(String text) {
        return text == null ? Set.of() : new TreeSet<>(Arrays.asList(text.split(", ", -1)));
    }

    static Collection<MetricFamily> scraped(Scrape scrape) {
        Map<String, MetricFamily> families = new TreeMap<>();
        TYPE.matcher(scrape.text())
                .results()
                .forEach(type ->
                        families.put(type.group(1), new MetricFamily(type.group(1), type.group(2), new TreeSet<>())));
        for (String series : scrape.series().keySet()) {
            String sample = series.substring(0, series.indexOf('{'));
            MetricFamily family = families.containsKey(sample)
                    ? families.get(sample)
                    : families.get(sample.replaceFirst("_(bucket|sum|count)$", ""));
            if (family != null) {
                Matcher label = LABEL.matcher(series);
                family.labels.addAll(label.results()
                        .map(found -> found.group(1))
                        .filter(name -> !OF_ALL.contains(name))
                        .collect(Collectors.toSet()));
            }
        }
        return families.values();
    }
}
