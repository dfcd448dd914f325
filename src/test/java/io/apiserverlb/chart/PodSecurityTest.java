package io.apiserverlb.chart;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The pods, by the Pod Security Standards. */
class PodSecurityTest {
    private static final PodSpec RESTRICTED =
            Pods.workload(Chart.ours().render("{mode: sidecar, workload: {image: a}}"));

    @Test
    void podsWithASidecarAreRestricted() {
        assertThat(violations("{mode: sidecar, workload: {image: a}}"))
                .hasSize(2)
                .containsOnly(Set.of());
        assertThat(violations(ExampleValues.SIDECAR.yaml())).hasSize(2).containsOnly(Set.of());
    }

    @Test
    void podsOnTheHostsNetworkAreRestrictedInAllElse() {
        assertThat(violations("serverUrl: 192.168.1.177")).hasSize(2).containsOnly(Set.of("Host Namespaces"));
        assertThat(violations(ExampleValues.DAEMONSET_WITHOUT_HANDOVER.yaml()))
                .hasSize(2)
                .containsOnly(Set.of("Host Namespaces"));
    }

    @Test
    void aFolderOnTheNodeIsOneMoreException() {
        assertThat(violations(ExampleValues.DAEMONSET.yaml()))
                .containsExactlyInAnyOrder(
                        Set.of("Host Namespaces", "HostPath Volumes", "Volume Types"), Set.of("Host Namespaces"));
    }

    private static List<Set<String>> violations(String values) {
        return Chart.ours()
                .render(values)
                .typed()
                .flatMap(Pods::of)
                .map(RestrictedPods::violations)
                .toList();
    }

    @Test
    void theRootFilesystemIsReadOnlyAndTheUserIsFixed() {
        List<PodSpec> pods = Stream.of(ExampleValues.values())
                .flatMap(values -> Chart.ours().render(values.yaml()).typed())
                .flatMap(Pods::of)
                .toList();

        assertThat(pods)
                .hasSize(6)
                .flatExtracting(pod -> Stream.concat(pod.getInitContainers().stream(), pod.getContainers().stream())
                        .filter(container -> !container.getName().equals("workload"))
                        .toList())
                .hasSize(7)
                .allSatisfy(container -> {
                    assertThat(container.getSecurityContext().getReadOnlyRootFilesystem())
                            .isTrue();
                    assertThat(container.getSecurityContext().getRunAsUser()).isEqualTo(65532);
                });
    }

    @Test
    void eachRuleFindsWhatBreaksIt() {
        Map<String, Consumer<PodSpec>> breaches = Map.ofEntries(
                Map.entry("Host Namespaces", pod -> pod.setHostPID(true)),
                Map.entry(
                        "HostPath Volumes",
                        pod -> pod.setVolumes(List.of(new PodSpecBuilder()
                                .addNewVolume()
                                .withNewHostPath("/", "Directory")
                                .endVolume()
                                .buildFirstVolume()))),
                Map.entry(
                        "Volume Types",
                        pod -> pod.setVolumes(List.of(new PodSpecBuilder()
                                .addNewVolume()
                                .withNewGitRepo("a", "b", "c")
                                .endVolume()
                                .buildFirstVolume()))),
                Map.entry(
                        "Sysctls",
                        pod -> pod.getSecurityContext()
                                .setSysctls(List.of(new io.fabric8.kubernetes.api.model.Sysctl("kernel.msgmax", "1")))),
                Map.entry(
                        "Host Ports",
                        pod -> pod.getInitContainers().get(0).getPorts().get(0).setHostPort(1)),
                Map.entry("Privileged Containers", pod -> context(pod).setPrivileged(true)),
                Map.entry("Privilege Escalation", pod -> context(pod).setAllowPrivilegeEscalation(null)),
                Map.entry("Running as Non-root", pod -> context(pod).setRunAsNonRoot(false)),
                Map.entry("Running as Non-root user", pod -> context(pod).setRunAsUser(0L)),
                Map.entry("Seccomp", pod -> context(pod).getSeccompProfile().setType("Unconfined")),
                Map.entry("/proc Mount Type", pod -> context(pod).setProcMount("Unmasked")),
                Map.entry("Capabilities", pod -> context(pod).getCapabilities().setAdd(List.of("NET_ADMIN"))));

        breaches.forEach((rule, breach) -> {
            PodSpec pod = new PodSpecBuilder(RESTRICTED).build();
            breach.accept(pod);
            assertThat(RestrictedPods.violations(pod)).as(rule).contains(rule);
        });
        assertThat(RestrictedPods.violations(RESTRICTED)).isEmpty();
    }

    private static io.fabric8.kubernetes.api.model.SecurityContext context(PodSpec pod) {
        return pod.getInitContainers().get(0).getSecurityContext();
    }
}
