package io.apiserverlb.chart;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What monitoring is told. */
class MonitoringTest {
    /** As the Prometheus operator's API has it. */
    record PodMonitor(String apiVersion, String kind, JsonNode metadata, Spec spec) {
        record Spec(Selector selector, List<Endpoint> podMetricsEndpoints) {}

        record Selector(Map<String, String> matchLabels) {}

        record Endpoint(
                String path, String interval, @Nullable String port, List<Relabeling> relabelings) {}

        record Relabeling(
                List<String> sourceLabels,
                @Nullable String regex,
                @Nullable String replacement,
                String targetLabel) {}

        Endpoint endpoint() {
            return spec.podMetricsEndpoints().get(0);
        }

        /** What becomes of the address of a pod on a node, as Prometheus does it. */
        String address(String node) {
            String address = node;
            for (Relabeling relabeling : endpoint().relabelings()) {
                if (relabeling.targetLabel().equals("__address__")
                        && relabeling.regex() != null
                        && relabeling.replacement() != null
                        && node.matches(relabeling.regex())) {
                    address = node.replaceFirst(relabeling.regex(), relabeling.replacement());
                }
            }
            return address;
        }
    }

    private static PodMonitor podMonitor(ExampleValues values) {
        return Chart.ours().render(values.yaml()).read("PodMonitor", PodMonitor.class);
    }

    @Test
    void givesPrometheusTheAlertsWithThePortThatTheyNameAsItIsHere() throws Exception {
        JsonNode rule = Chart.ours().render(ExampleValues.DAEMONSET.yaml()).json("PrometheusRule");
        String alerts = Files.readString(Chart.FOLDER.resolve("files/alerts.yaml"));

        assertThat(alerts).contains("curl 127.0.0.1:8080/lb");
        assertThat(rule.get("spec"))
                .isEqualTo(Yaml.all(alerts.replace("127.0.0.1:8080", "127.0.0.1:7480"))
                        .get(0));
        assertThat(rule.at("/metadata/labels/release").stringValue()).isEqualTo("monitoring");
    }

    @Test
    void givesGrafanaTheDashboardAsItIs() throws Exception {
        JsonNode map = Chart.ours().render(ExampleValues.DAEMONSET.yaml()).json("ConfigMap");

        assertThat(map.get("data").get("apiserver-lb.json").stringValue())
                .isEqualTo(Files.readString(Chart.FOLDER.resolve("files/grafana-dashboard.json"))
                        .stripTrailing());
        assertThat(map.at("/metadata/labels/dashboards").stringValue()).isEqualTo("yes");
    }

    @Test
    void findsBalancersOnNodesByTheNode() {
        PodMonitor monitor = podMonitor(ExampleValues.DAEMONSET);

        assertThat(monitor.endpoint().path()).isEqualTo("/actuator/prometheus");
        assertThat(monitor.endpoint().interval()).isEqualTo("15s");
        assertThat(monitor.endpoint().port()).as("none is declared").isNull();
        assertThat(monitor.address("192.168.1.5")).isEqualTo("192.168.1.5:9465");
        assertThat(monitor.address("fd00::5")).isEqualTo("[fd00::5]:9465");
        assertThat(monitor.metadata().at("/labels/release").stringValue()).isEqualTo("monitoring");
    }

    @Test
    void findsSidecarsByTheirPort() {
        PodMonitor monitor = podMonitor(ExampleValues.SIDECAR);
        Manifests manifests = Chart.ours().render(ExampleValues.SIDECAR.yaml());

        assertThat(Pods.workload(manifests).getInitContainers().get(0).getPorts())
                .singleElement()
                .satisfies(port -> {
                    assertThat(port.getName()).isEqualTo(monitor.endpoint().port());
                    assertThat(port.getContainerPort()).isEqualTo(9464);
                });
        assertThat(manifests
                        .only(Deployment.class)
                        .getSpec()
                        .getTemplate()
                        .getMetadata()
                        .getLabels())
                .containsAllEntriesOf(monitor.spec().selector().matchLabels());
    }
}
