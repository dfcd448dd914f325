package io.apiserverlb.chart;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The way to the metrics for those who have no PodMonitor. */
class ServiceMonitorTest {
    /** As the Prometheus operator's API has it. */
    record ServiceMonitor(String apiVersion, String kind, JsonNode metadata, Spec spec) {
        record Spec(Selector selector, List<Endpoint> endpoints) {}

        record Selector(Map<String, String> matchLabels) {}

        record Endpoint(String port, String path, String interval, List<Relabeling> relabelings) {}

        record Relabeling(List<String> sourceLabels, String targetLabel) {}
    }

    @Test
    void findsBalancersOnNodes() {
        Manifests manifests = Chart.ours().render(ExampleValues.DAEMONSET_WITHOUT_HANDOVER.yaml());
        ServiceMonitor monitor = manifests.read("ServiceMonitor", ServiceMonitor.class);

        assertLeadsTo(manifests.only(DaemonSet.class).getSpec().getTemplate().getMetadata(), manifests, monitor);
        assertThat(monitor.spec().endpoints())
                .containsExactly(new ServiceMonitor.Endpoint(
                        "metrics",
                        "/actuator/prometheus",
                        "15s",
                        List.of(new ServiceMonitor.Relabeling(
                                List.of("__meta_kubernetes_pod_node_name"), "instance"))));
        assertThat(monitor.metadata().at("/labels/release").stringValue()).isEqualTo("monitoring");
    }

    @Test
    void findsSidecars() {
        Manifests manifests = Chart.ours()
                .render("{mode: sidecar, workload: {image: a}, metrics: {serviceMonitor: {enabled: true}}}");
        ServiceMonitor monitor = manifests.read("ServiceMonitor", ServiceMonitor.class);

        assertLeadsTo(manifests.only(Deployment.class).getSpec().getTemplate().getMetadata(), manifests, monitor);
        assertThat(monitor.spec().endpoints().get(0).relabelings())
                .containsExactly(new ServiceMonitor.Relabeling(List.of("__meta_kubernetes_pod_name"), "instance"));
        assertThat(monitor.spec().endpoints().get(0).interval()).isEqualTo("30s");
    }

    /** From the monitor to the Service, and from there to the pods, ready or not. */
    private static void assertLeadsTo(ObjectMeta pods, Manifests manifests, ServiceMonitor monitor) {
        Service service = manifests.only(Service.class);

        assertThat(monitor.apiVersion()).isEqualTo("monitoring.coreos.com/v1");
        assertThat(service.getMetadata().getLabels())
                .containsAllEntriesOf(monitor.spec().selector().matchLabels());
        assertThat(pods.getLabels())
                .containsAllEntriesOf(service.getSpec().getSelector())
                .as("which tells the Service from others of the release")
                .doesNotContainKey("app.kubernetes.io/component");
        assertThat(monitor.spec().selector().matchLabels()).containsEntry("app.kubernetes.io/component", "metrics");
        assertThat(service.getSpec().getClusterIP()).isEqualTo("None");
        assertThat(service.getSpec().getPublishNotReadyAddresses()).isTrue();
        assertThat(service.getSpec().getPorts()).singleElement().satisfies(port -> {
            assertThat(port.getName()).isEqualTo("metrics");
            assertThat(port.getTargetPort()).isEqualTo(new IntOrString(9464));
        });
    }
}
