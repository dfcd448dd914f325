package io.apiserverlb.chart;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HostAlias;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicySpec;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A balancer in each pod of a workload. */
class SidecarTest {
    private static final String WORKLOAD = "{mode: sidecar, workload: {image: 'operator:1'}}";
    private static final Manifests PLAIN = Chart.ours().render(WORKLOAD);
    private static final PodSpec POD = Pods.workload(PLAIN);
    private static final Container BALANCER = POD.getInitContainers().get(0);
    private static final Manifests FULL = Chart.ours().render(ExampleValues.SIDECAR.yaml());

    @Test
    void makesNothingThatWasNotAskedFor() {
        assertThat(PLAIN.kinds()).containsExactly("Deployment", "Pod", "Role", "RoleBinding", "ServiceAccount");
    }

    @Test
    void startsBeforeTheWorkloadAndEndsAfterIt() {
        assertThat(POD.getInitContainers()).hasSize(1);
        assertThat(BALANCER.getRestartPolicy()).isEqualTo("Always");
        assertThat(BALANCER.getStartupProbe().getHttpGet().getPath()).isEqualTo("/actuator/health/liveness");
        assertThat(BALANCER.getLivenessProbe().getHttpGet().getPath()).isEqualTo("/actuator/health/liveness");
    }

    @Test
    void anOutageOfTheControlPlaneTakesNoPodOutOfItsServicesUnlessThatIsWanted() {
        assertThat(BALANCER.getReadinessProbe()).isNull();
        assertThat(Pods.workload(FULL)
                        .getInitContainers()
                        .get(0)
                        .getReadinessProbe()
                        .getHttpGet()
                        .getPath())
                .isEqualTo("/actuator/health/readiness");
    }

    @Test
    void leadsTheWorkloadsClientToTheBalancerUnderANameThatEachCertificateCovers() {
        Container workload = POD.getContainers().get(0);

        assertThat(POD.getHostAliases()).containsExactly(new HostAlias(List.of("kubernetes.default.svc"), "127.0.0.1"));
        assertThat(Pods.environment(workload))
                .containsEntry("KUBERNETES_SERVICE_HOST", "kubernetes.default.svc")
                .containsEntry("KUBERNETES_SERVICE_PORT", "6440");
        assertThat(Pods.environment(BALANCER)).containsEntry("LB_LISTEN", "127.0.0.1:6440");
        assertThat(POD.getAutomountServiceAccountToken()).isTrue();
    }

    /** Its seed is what the kubelet puts into every container that has no such variable of its own. */
    @Test
    void theBalancerItselfStartsWithTheAddressThatTheKubeletTells() {
        assertThat(Pods.environment(BALANCER))
                .containsEntry("LB_DISCOVERY_KIND", "kubernetes")
                .doesNotContainKeys(
                        "LB_SERVER_URL", "KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT", "LB_HANDOVER");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    env: []                                                | kubernetes.default.svc,127.0.0.1            | kubernetes.default.svc,127.0.0.1
                    env: [{name: NO_PROXY, value: a}]                      | a,kubernetes.default.svc,127.0.0.1          |
                    env: [{name: no_proxy, value: a}]                      |                                             | a,kubernetes.default.svc,127.0.0.1
                    envFrom: [{configMapRef: {name: a}}]                   | $(NO_PROXY),kubernetes.default.svc,127.0.0.1 | $(no_proxy),kubernetes.default.svc,127.0.0.1
                    """)
    void noProxyIsInBetween(String values, String large, String small) {
        Map<String, String> environment = Pods.environment(
                Pods.workload(Chart.ours().render("{mode: sidecar, workload: {image: a, " + values + "}}"))
                        .getContainers()
                        .get(0));

        assertThat(environment.get("NO_PROXY")).isEqualTo(large);
        assertThat(environment.get("no_proxy")).isEqualTo(small);
    }

    @Test
    void passesOnWhatTheWorkloadHas() {
        PodSpec pod = Pods.workload(FULL);
        Container workload = pod.getContainers().get(0);

        assertThat(FULL.only(Deployment.class).getSpec().getReplicas()).isEqualTo(3);
        assertThat(workload.getImage()).isEqualTo("registry.example/operator:1");
        assertThat(workload.getCommand()).containsExactly("/operator");
        assertThat(workload.getArgs()).containsExactly("--leader-elect");
        assertThat(workload.getPorts().get(0).getContainerPort()).isEqualTo(9443);
        assertThat(workload.getReadinessProbe().getHttpGet().getPath()).isEqualTo("/readyz");
        assertThat(workload.getVolumeMounts().get(0).getMountPath()).isEqualTo("/cache");
        assertThat(pod.getVolumes()).anyMatch(volume -> volume.getName().equals("cache"));
        assertThat(pod.getServiceAccountName()).isEqualTo("operator");
        assertThat(FULL.only(RoleBinding.class).getSubjects().get(0).getName()).isEqualTo("operator");
        assertThat(pod.getTerminationGracePeriodSeconds()).isEqualTo(90);
    }

    @Test
    void budgetAndPolicyAreForThePodsOfTheWorkload() {
        Map<String, String> labels = FULL.only(Deployment.class)
                .getSpec()
                .getTemplate()
                .getMetadata()
                .getLabels();
        Map<String, String> selected =
                FULL.only(PodDisruptionBudget.class).getSpec().getSelector().getMatchLabels();

        assertThat(labels).containsAllEntriesOf(selected);
        assertThat(FULL.only(NetworkPolicy.class).getSpec().getPodSelector().getMatchLabels())
                .isEqualTo(selected);
        assertThat(FULL.only(Deployment.class).getSpec().getSelector().getMatchLabels())
                .isEqualTo(selected);
        assertThat(FULL.only(Pod.class).getMetadata().getLabels().entrySet())
                .as("of the test")
                .doesNotContain(Map.entry("app.kubernetes.io/name", "apiserver-lb"));
    }

    @Test
    void thePolicyOpensThePortsOfTheWorkloadAndThatOfTheMetrics() {
        NetworkPolicySpec plain = Chart.ours()
                .render(
                        "{mode: sidecar, workload: {image: a, ports: [{containerPort: 53, protocol: UDP}]}, networkPolicy: {enabled: true}}")
                .only(NetworkPolicy.class)
                .getSpec();
        NetworkPolicySpec full = FULL.only(NetworkPolicy.class).getSpec();

        assertThat(plain.getPolicyTypes()).containsExactly("Ingress");
        assertThat(plain.getIngress()).hasSize(2);
        assertThat(plain.getIngress().get(0).getPorts().get(0).getPort()).isEqualTo(new IntOrString(9464));
        assertThat(plain.getIngress().get(0).getFrom()).isEmpty();
        assertThat(plain.getIngress().get(1).getPorts().get(0).getPort()).isEqualTo(new IntOrString(53));
        assertThat(plain.getIngress().get(1).getPorts().get(0).getProtocol()).isEqualTo("UDP");
        assertThat(full.getPolicyTypes()).containsExactly("Ingress", "Egress");
        assertThat(full.getIngress().get(0).getFrom()).hasSize(1);
        assertThat(full.getIngress().get(1).getFrom()).hasSize(1);
    }

    @Test
    void isTestedByAPodThatIsAsThoseOfTheWorkload() {
        Pod test = PLAIN.only(Pod.class);

        assertThat(test.getSpec().getInitContainers()).isEqualTo(POD.getInitContainers());
        assertThat(test.getSpec().getHostAliases()).isEqualTo(POD.getHostAliases());
        assertThat(test.getSpec().getServiceAccountName()).isEqualTo(POD.getServiceAccountName());
        assertThat(test.getSpec().getVolumes()).isEqualTo(POD.getVolumes());
        assertThat(test.getSpec().getHostNetwork()).isNull();
        assertThat(FULL.only(Pod.class).getSpec().getTolerations())
                .isEqualTo(Pods.workload(FULL).getTolerations());
        assertThat(test.getSpec().getContainers().get(0).getArgs()).containsExactly("--status", "--wait=60s");
    }

    @Test
    void whoeverInstallsItIsToldWhereTheClientGoes() {
        assertThat(Chart.ours().notes(WORKLOAD))
                .contains("https://kubernetes.default.svc:6440")
                .contains("service account lb-apiserver-lb")
                .contains("The pods stay ready while no API server can be reached");
        assertThat(Chart.ours().notes("{mode: sidecar, workload: {enabled: false}}"))
                .contains("no pods of its own");
    }
}
