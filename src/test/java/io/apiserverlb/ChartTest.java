package io.apiserverlb;

import static org.assertj.core.api.Assertions.assertThat;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.TemplateCommand;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The Helm chart, as Helm renders it. */
class ChartTest {
    private static final Path CHART = Path.of("helm/apiserver-lb");
    private static final Path ALERTS = CHART.resolve("files/alerts.yaml");
    private static final Path DASHBOARD = CHART.resolve("files/grafana-dashboard.json");

    @Test
    void passesLint() {
        assertThat(new Helm(CHART).lint().strict().call().isFailed()).isFalse();
    }

    @Test
    void hasNoObjectsOfMonitoringUnlessAskedFor() {
        assertThat(objects(chart())).containsOnlyKeys("DaemonSet");
    }

    @Test
    void givesPrometheusTheAlertsAsTheyAre() throws Exception {
        JsonNode rule = only(
                "PrometheusRule",
                chart().set("metrics.prometheusRule.enabled", true)
                        .set("metrics.prometheusRule.labels.release", "monitoring"));

        assertThat(rule.get("spec")).isEqualTo(json(new Yaml().load(Files.readString(ALERTS))));
        assertThat(rule.at("/metadata/labels/release").stringValue()).isEqualTo("monitoring");
    }

    @Test
    void givesGrafanaTheDashboardAsItIs() throws Exception {
        JsonNode map = only(
                "ConfigMap",
                chart().set("metrics.grafanaDashboard.enabled", true)
                        .set("metrics.grafanaDashboard.label", "dashboards"));

        assertThat(map.get("data").get("apiserver-lb.json").stringValue())
                .isEqualTo(Files.readString(DASHBOARD).stripTrailing());
        assertThat(map.at("/metadata/labels/dashboards").stringValue()).isEqualTo("1");
    }

    private static TemplateCommand chart() {
        return new Helm(CHART).template().set("serverUrl", "https://192.168.1.177:6789");
    }

    private static JsonNode only(String kind, TemplateCommand chart) {
        return Objects.requireNonNull(objects(chart).get(kind));
    }

    private static Map<String, JsonNode> objects(TemplateCommand chart) {
        return StreamSupport.stream(new Yaml().loadAll(chart.call()).spliterator(), false)
                .map(ChartTest::json)
                .collect(Collectors.toMap(object -> object.get("kind").stringValue(), object -> object));
    }

    private static JsonNode json(Object yaml) {
        return JsonMapper.shared().valueToTree(yaml);
    }
}
