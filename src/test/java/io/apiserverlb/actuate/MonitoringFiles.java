package io.apiserverlb.actuate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Alerts, dashboard and the page about them. */
final class MonitoringFiles {
    static final Path ALERTS = Path.of("helm/apiserver-lb/files/alerts.yaml");
    static final Path ALERTS_TEST = Path.of("src/test/resources/alerts-test.yaml");
    static final Path DASHBOARD = Path.of("helm/apiserver-lb/files/grafana-dashboard.json");
    static final Path PAGE = Path.of("docs/monitoring.md");
    private static final Pattern ALERT = Pattern.compile("- alert: (\\w+)");
    private static final Pattern METRIC = Pattern.compile("\\bapiserver_lb_\\w+");

    private MonitoringFiles() {}

    static List<String> alerts() throws IOException {
        return ALERT.matcher(Files.readString(ALERTS))
                .results()
                .map(alert -> alert.group(1))
                .toList();
    }

    /** What the dashboard asks for. */
    static List<String> queries() throws IOException {
        return JsonMapper.shared().readTree(Files.readString(DASHBOARD)).findValues("expr").stream()
                .map(JsonNode::stringValue)
                .toList();
    }

    /** The names of all series that alerts and dashboard ask for. */
    static Set<String> metrics() throws IOException {
        Set<String> names = new TreeSet<>();
        for (Path file : List.of(ALERTS, DASHBOARD)) {
            METRIC.matcher(Files.readString(file)).results().forEach(name -> names.add(name.group()));
        }
        return names;
    }
}
