package io.apiserverlb.chart;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.HTTPGetAction;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.RollingUpdateDaemonSet;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One balancer on each node. */
class DaemonSetTest {
    private static final String URL = "serverUrl: https://192.168.1.177:6789\n";
    private static final Manifests PLAIN = Chart.ours().render(URL);
    private static final PodSpec POD = Pods.balancers(PLAIN);
    private static final Container BALANCER = POD.getContainers().get(0);

    @Test
    void makesNothingThatWasNotAskedFor() {
        assertThat(PLAIN.kinds()).containsExactly("DaemonSet", "Pod", "Role", "RoleBinding", "ServiceAccount");
    }

    @Test
    void isOnTheNetworkOfEachNodeWhateverItsTaints() {
        assertThat(POD.getHostNetwork()).isTrue();
        assertThat(POD.getDnsPolicy()).isEqualTo("Default");
        assertThat(POD.getEnableServiceLinks()).isFalse();
        assertThat(POD.getPriorityClassName()).isEqualTo("system-node-critical");
        assertThat(POD.getTolerations()).singleElement().satisfies(all -> {
            assertThat(all.getOperator()).isEqualTo("Exists");
            assertThat(Stream.of(all).map(Toleration::getKey)).containsOnlyNulls();
        });
    }

    @Test
    void tellsTheBalancerWhatItNeeds() {
        assertThat(Pods.environment(BALANCER))
                .containsExactlyInAnyOrderEntriesOf(Map.ofEntries(
                        Map.entry("LB_NAME", "edge.lb-apiserver-lb"),
                        Map.entry("LB_SERVER_URL", "https://192.168.1.177:6789"),
                        Map.entry("LB_LISTEN", "127.0.0.1:6440"),
                        Map.entry("SERVER_PORT", "6480"),
                        Map.entry("MANAGEMENT_SERVER_ADDRESS", "0.0.0.0"),
                        Map.entry("MANAGEMENT_SERVER_PORT", "9464"),
                        Map.entry("LB_DISCOVERY_KIND", "kubernetes"),
                        Map.entry("LB_SHUTDOWN_GRACE", "0s"),
                        Map.entry("LB_SHUTDOWN_DRAIN", "20s"),
                        Map.entry("LB_HANDOVER", "true"),
                        Map.entry("LB_INSTANCE", instanceAsked(POD))));
        assertThat(BALANCER.getImage()).isEqualTo("apiserver-lb:" + appVersion());
        assertThat(BALANCER.getResources().getLimits()).containsOnlyKeys("memory");
    }

    private static String appVersion() {
        return Yaml.read(Chart.FOLDER.resolve("Chart.yaml")).get("appVersion").stringValue();
    }

    @Test
    void hasANameForEachReleaseHoweverLongItIs() {
        String longName = "fullnameOverride: " + "a".repeat(62);

        assertThat(name(longName + "a")).hasSize(63).isNotEqualTo(name(longName + "b"));
        assertThat(name("name: mine")).isEqualTo("mine");
    }

    private static String name(String values) {
        return String.valueOf(Pods.environment(container(values)).get("LB_NAME"));
    }

    private static Container container(String values) {
        return Pods.balancers(Chart.ours().render(URL + values)).getContainers().get(0);
    }

    @Test
    void declaresNoPortSoThatTwoPodsMayBeOnOneNode() {
        List<ContainerPort> ports =
                Pods.balancers(Chart.ours().render(ExampleValues.DAEMONSET.yaml())).getContainers().stream()
                        .flatMap(container -> container.getPorts().stream())
                        .toList();

        assertThat(ports).isEmpty();
        assertThat(update("")).isEqualTo(new RollingUpdateDaemonSet(new IntOrString(1), new IntOrString(0)));
        assertThat(update("daemonset: {maxSurge: 10%}"))
                .isEqualTo(new RollingUpdateDaemonSet(new IntOrString("10%"), new IntOrString(0)));
    }

    @Test
    void withoutHandoverAnOldPodGoesBeforeANewOneComes() {
        RollingUpdateDaemonSet update = update("daemonset: {handover: false}");

        assertThat(update.getMaxSurge()).isEqualTo(new IntOrString(0));
        assertThat(update.getMaxUnavailable()).isEqualTo(new IntOrString(1));
        assertThat(Pods.environment(container("daemonset: {handover: false}"))).containsEntry("LB_HANDOVER", "false");
    }

    private static RollingUpdateDaemonSet update(String values) {
        return Chart.ours()
                .render(URL + values)
                .only(DaemonSet.class)
                .getSpec()
                .getUpdateStrategy()
                .getRollingUpdate();
    }

    @Test
    void isReadyWhenItsOwnProcessAnswers() {
        assertThat(instanceAsked(POD))
                .isEqualTo(Pods.environment(POD.getContainers().get(0)).get("LB_INSTANCE"))
                .matches("i[0-9a-f]{12}")
                .isNotEqualTo(instanceAsked(Pods.balancers(Chart.ours().render(URL + "restPort: 6481"))));
    }

    /** Readiness is asked for by instance: of the same instance two pods of an update could not be told from each other. */
    @Test
    void isReplacedByAnotherInstanceAndOnlyWhereThePodIsAnotherOne() {
        DaemonSet before = PLAIN.only(DaemonSet.class);

        for (String values : List.of(
                "metrics: {prometheusRule: {enabled: true}, podMonitor: {enabled: true}}",
                "metrics: {serviceMonitor: {enabled: true}, grafanaDashboard: {enabled: true}}",
                "rbac: {create: false}",
                "serviceAccount: {annotations: {a: b}}",
                "networkPolicy: {enabled: true}",
                "podDisruptionBudget: {enabled: true}",
                "workload: {image: a}",
                "sidecar: {readinessProbe: true}",
                "global: {a: b}")) {
            assertThat(Chart.ours().render(URL + values).only(DaemonSet.class))
                    .as(values)
                    .isEqualTo(before);
        }
        assertThat(Pods.balancers(Chart.ours().render(URL + "daemonset: {maxSurge: 2}")))
                .isEqualTo(POD);
        for (String values : List.of(
                "restPort: 6481",
                "image: {tag: a}",
                "podAnnotations: {a: b}",
                "podLabels: {a: b}",
                "serviceAccount: {name: a}",
                "daemonset: {tolerations: []}",
                "daemonset: {priorityClassName: a}")) {
            assertThat(instanceAsked(Pods.balancers(Chart.ours().render(URL + values))))
                    .as(values)
                    .isNotEqualTo(instanceAsked(POD));
        }
    }

    private static String instanceAsked(PodSpec pod) {
        return pod.getContainers()
                .get(0)
                .getReadinessProbe()
                .getHttpGet()
                .getHttpHeaders()
                .get(0)
                .getValue();
    }

    @Test
    void hasTimeToEndItsSessions() {
        PodSpec patient = Pods.balancers(Chart.ours().render(URL + "shutdown: {graceSeconds: 5, drainSeconds: 120}"));

        assertThat(POD.getTerminationGracePeriodSeconds()).isEqualTo(45);
        assertThat(patient.getTerminationGracePeriodSeconds()).isEqualTo(150);
        assertThat(Pods.environment(patient.getContainers().get(0)))
                .containsEntry("LB_SHUTDOWN_GRACE", "5s")
                .containsEntry("LB_SHUTDOWN_DRAIN", "120s");
    }

    @Test
    void isAskedOnThePortThatIsForOthers() {
        Container moved = container("managementPort: 9999");

        assertThat(Stream.of(moved.getStartupProbe(), moved.getLivenessProbe()).map(Probe::getHttpGet))
                .allMatch(get -> get.getPath().equals("/actuator/health/liveness"))
                .extracting(HTTPGetAction::getPort)
                .containsOnly(new IntOrString(9999));
        assertThat(moved.getReadinessProbe().getHttpGet().getPath()).isEqualTo("/actuator/health/listening");
        assertThat(moved.getReadinessProbe().getHttpGet().getHost()).isNull();
    }

    @Test
    void keepsTheListInThePodOrInAFolderThatIsThere() {
        PodSpec kept =
                Pods.balancers(Chart.ours().render(URL + "daemonset: {state: {hostPath: /var/lib/apiserver-lb}}"));

        assertThat(POD.getVolumes().get(0).getEmptyDir()).isNotNull();
        assertThat(kept.getVolumes().get(0).getHostPath().getPath()).isEqualTo("/var/lib/apiserver-lb");
        assertThat(kept.getVolumes().get(0).getHostPath().getType()).isEqualTo("Directory");
        assertThat(kept.getInitContainers()).isEmpty();
        assertThat(BALANCER.getVolumeMounts())
                .singleElement()
                .satisfies(state -> assertThat(state.getMountPath()).isEqualTo("/var/lib/apiserver-lb"));
    }

    @Test
    void mayReadTheEndpointsOfTheApiServersAndNothingElse() {
        List<PolicyRule> rules = PLAIN.only(Role.class).getRules();
        RoleBinding binding = PLAIN.only(RoleBinding.class);

        assertThat(rules)
                .hasSize(2)
                .allSatisfy(rule -> assertThat(rule.getVerbs()).containsExactly("get", "list", "watch"));
        assertThat(rules.get(0).getApiGroups()).containsExactly("discovery.k8s.io");
        assertThat(rules.get(0).getResources()).containsExactly("endpointslices");
        assertThat(rules.get(1).getApiGroups()).containsExactly("");
        assertThat(rules.get(1).getResources()).containsExactly("endpoints");
        assertThat(rules.get(1).getResourceNames()).containsExactly("kubernetes");
        assertThat(PLAIN.only(Role.class).getMetadata().getNamespace()).isEqualTo("default");
        assertThat(binding.getRoleRef().getName())
                .isEqualTo(PLAIN.only(Role.class).getMetadata().getName());
        assertThat(binding.getSubjects()).singleElement().satisfies(subject -> {
            assertThat(subject.getName()).isEqualTo(POD.getServiceAccountName());
            assertThat(subject.getNamespace()).isEqualTo("edge");
        });
    }

    @Test
    void hasNoTokenOfTheClusterWhereItDoesNotAskIt() {
        Manifests manifests = Chart.ours().render(URL + "discovery: {kind: none}");

        assertThat(manifests.kinds()).doesNotContain("Role", "RoleBinding");
        assertThat(Pods.balancers(manifests).getAutomountServiceAccountToken()).isFalse();
        assertThat(POD.getAutomountServiceAccountToken()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"kubernetes", "none"})
    void mayAskAboutCallersWhereItShall(String kind) {
        String asks = URL + "discovery: {kind: " + kind + "}\nadmin: {kubernetesAuth: true}\n";
        Manifests manifests = Chart.ours().render(asks);
        PodSpec pod = Pods.balancers(manifests);
        ClusterRoleBinding binding = manifests.only(ClusterRoleBinding.class);

        assertThat(Pods.environment(pod.getContainers().get(0))).containsEntry("LB_ADMIN_KUBERNETES_AUTH", "true");
        assertThat(pod.getAutomountServiceAccountToken()).isTrue();
        assertThat(binding.getMetadata().getName())
                .as("one for each release of the cluster")
                .isEqualTo("edge-lb-apiserver-lb");
        assertThat(binding.getRoleRef().getKind()).isEqualTo("ClusterRole");
        assertThat(binding.getRoleRef().getName()).isEqualTo("system:auth-delegator");
        assertThat(binding.getSubjects()).singleElement().satisfies(subject -> {
            assertThat(subject.getName()).isEqualTo(pod.getServiceAccountName());
            assertThat(subject.getNamespace()).isEqualTo("edge");
        });
        assertThat(Chart.ours().render(asks + "rbac: {create: false}").kinds())
                .doesNotContain("Role", "RoleBinding", "ClusterRoleBinding");
    }

    @Test
    void readsTokensAndCertificatesFromFilesOfSecretsAndConfigMaps() {
        PodSpec pod = Pods.balancers(Chart.ours().render(ExampleValues.DAEMONSET.yaml()));
        Container balancer = pod.getContainers().get(0);

        assertThat(Pods.environment(balancer))
                .containsEntry("LB_DISCOVERY_K3S_TOKEN_FILE", "/etc/apiserver-lb/k3s/node")
                .containsEntry("LB_CHECK_CA_FILE", "/etc/apiserver-lb/ca/api.crt")
                .containsEntry("LB_ADMIN_TOKEN_FILE", "/etc/apiserver-lb/admin/admin");
        assertThat(balancer.getVolumeMounts())
                .filteredOn(mount -> mount.getMountPath().startsWith("/etc/"))
                .hasSize(3)
                .allSatisfy(mount -> {
                    assertThat(mount.getReadOnly()).isTrue();
                    assertThat(pod.getVolumes()).anySatisfy(volume -> {
                        assertThat(volume.getName()).isEqualTo(mount.getName());
                        assertThat(volume.getSecret().getItems().get(0).getPath())
                                .isEqualTo(
                                        mount.getMountPath().endsWith("/ca")
                                                ? "api.crt"
                                                : mount.getMountPath().endsWith("/k3s") ? "node" : "admin");
                    });
                });
    }

    @Test
    void numbersAndFlagsOfTheEnvironmentAreWrittenOut() {
        assertThat(Pods.environment(container("env: {LB_MAX_CONNECTIONS: 2000000, LB_SESSION_LOG: false}")))
                .containsEntry("LB_MAX_CONNECTIONS", "2000000")
                .containsEntry("LB_SESSION_LOG", "false");
    }

    @Test
    void aDigestWinsOverATag() {
        String digest = "sha256:" + "0".repeat(64);

        assertThat(container("image: {tag: a, digest: '" + digest + "'}").getImage())
                .isEqualTo("apiserver-lb@" + digest);
    }

    @Test
    void isTestedOnANodeThatHasOne() {
        Pod test = Chart.ours().render(ExampleValues.DAEMONSET.yaml()).only(Pod.class);

        assertThat(test.getMetadata().getAnnotations()).containsEntry("shown.helm.sh/hook", "test");
        assertThat(test.getMetadata().getAnnotations())
                .as("its log can be read afterwards")
                .containsEntry("helm.sh/hook-delete-policy", "before-hook-creation");
        assertThat(test.getSpec().getHostNetwork()).isTrue();
        assertThat(test.getSpec().getRestartPolicy()).isEqualTo("Never");
        assertThat(test.getSpec().getNodeSelector()).containsEntry("kubernetes.io/os", "linux");
        assertThat(test.getSpec().getTolerations())
                .extracting(Toleration::getKey)
                .containsExactly("example/taint");
        assertThat(test.getSpec().getContainers()).singleElement().satisfies(status -> {
            assertThat(status.getImage()).isEqualTo("registry.example/apiserver-lb:1.2");
            assertThat(status.getArgs()).containsExactly("--status", "--wait=60s");
            assertThat(Pods.environment(status)).containsExactly(Map.entry("SERVER_PORT", "7480"));
        });
    }

    @Test
    void isNotTestedOnANodeThatIsDown() {
        PodSpec test = PLAIN.only(Pod.class).getSpec();

        assertThat(POD.getTolerations()).isNotEmpty();
        assertThat(test.getTolerations()).isEmpty();
    }

    /** Two pods on a node could not follow each other. */
    @Test
    void isSwitchedToHandoverInTwoSteps() throws Exception {
        String first = "{" + URL.strip() + ", daemonset: {handover: false}, extraArgs: [--lb.handover=true]}";
        DaemonSet step = Chart.ours().render(first).only(DaemonSet.class);

        assertThat(step.getSpec().getUpdateStrategy().getRollingUpdate().getMaxSurge())
                .isEqualTo(new IntOrString(0));
        assertThat(Pods.of(step)
                        .findFirst()
                        .orElseThrow()
                        .getContainers()
                        .get(0)
                        .getArgs())
                .containsExactly("--lb.handover=true");
        assertThat(Files.readString(Chart.FOLDER.resolve("README.md")))
                .contains("--set daemonset.handover=false --set 'extraArgs={--lb.handover=true}'");
    }

    @Test
    void whoeverInstallsItIsToldOfTheKubeletAndOfTheFolder() {
        assertThat(Chart.ours().notes(URL))
                .contains("https://127.0.0.1:6440")
                .contains("static pod or a systemd unit")
                .contains("from one of the same name\n(edge.lb-apiserver-lb)")
                .contains("The list goes to the next pod in an update");
        assertThat(Chart.ours().notes(ExampleValues.DAEMONSET_WITHOUT_HANDOVER.yaml()))
                .doesNotContain("takes over");
        assertThat(Chart.ours().notes(ExampleValues.DAEMONSET.yaml()))
                .contains("install -d -o 65532 -g 65532 -m 0700 /var/lib/apiserver-lb");
    }
}
