package io.apiserverlb.chart;

import io.fabric8.kubernetes.api.model.Capabilities;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.SeccompProfile;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.Volume;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The level "restricted" of the Pod Security Standards: what of it a pod does not keep, by the names that the controls have there. */
final class RestrictedPods {
    private static final Set<String> SAFE_SYSCTLS = Set.of(
            "kernel.shm_rmid_forced",
            "net.ipv4.ip_local_port_range",
            "net.ipv4.ip_unprivileged_port_start",
            "net.ipv4.tcp_syncookies",
            "net.ipv4.ping_group_range",
            "net.ipv4.ip_local_reserved_ports",
            "net.ipv4.tcp_keepalive_time",
            "net.ipv4.tcp_fin_timeout",
            "net.ipv4.tcp_keepalive_intvl",
            "net.ipv4.tcp_keepalive_probes");

    private final PodSpec pod;
    private final PodSecurityContext ofPod;

    private RestrictedPods(PodSpec pod) {
        this.pod = pod;
        this.ofPod = pod.getSecurityContext() == null ? new PodSecurityContext() : pod.getSecurityContext();
    }

    static Set<String> violations(PodSpec pod) {
        return new RestrictedPods(pod).violations();
    }

    private Set<String> violations() {
        Set<String> found = new TreeSet<>();
        if (isTrue(pod.getHostNetwork()) || isTrue(pod.getHostPID()) || isTrue(pod.getHostIPC())) {
            found.add("Host Namespaces");
        }
        if (pod.getVolumes().stream().anyMatch(volume -> volume.getHostPath() != null)) {
            found.add("HostPath Volumes");
        }
        if (!pod.getVolumes().stream().allMatch(RestrictedPods::hasHarmlessType)) {
            found.add("Volume Types");
        }
        if (!ofPod.getSysctls().stream().allMatch(sysctl -> SAFE_SYSCTLS.contains(sysctl.getName()))) {
            found.add("Sysctls");
        }
        if (isRoot(ofPod.getRunAsUser())) {
            found.add("Running as Non-root user");
        }
        for (Container container : containers()) {
            addViolations(container, found);
        }
        return found;
    }

    private List<Container> containers() {
        return Stream.concat(pod.getInitContainers().stream(), pod.getContainers().stream())
                .toList();
    }

    private void addViolations(Container container, Set<String> found) {
        SecurityContext own =
                container.getSecurityContext() == null ? new SecurityContext() : container.getSecurityContext();
        if (!container.getPorts().stream()
                .map(ContainerPort::getHostPort)
                .allMatch(port -> port == null || port == 0)) {
            found.add("Host Ports");
        }
        if (isTrue(own.getPrivileged())) {
            found.add("Privileged Containers");
        }
        if (!Boolean.FALSE.equals(own.getAllowPrivilegeEscalation())) {
            found.add("Privilege Escalation");
        }
        if (!isTrue(own.getRunAsNonRoot() == null ? ofPod.getRunAsNonRoot() : own.getRunAsNonRoot())) {
            found.add("Running as Non-root");
        }
        if (isRoot(own.getRunAsUser())) {
            found.add("Running as Non-root user");
        }
        if (!isConfined(own.getSeccompProfile() == null ? ofPod.getSeccompProfile() : own.getSeccompProfile())) {
            found.add("Seccomp");
        }
        if (own.getProcMount() != null && !own.getProcMount().equals("Default")) {
            found.add("/proc Mount Type");
        }
        if (!areFew(own.getCapabilities() == null ? new Capabilities() : own.getCapabilities())) {
            found.add("Capabilities");
        }
    }

    private static boolean areFew(Capabilities capabilities) {
        return capabilities.getDrop().contains("ALL")
                && Set.of("NET_BIND_SERVICE").containsAll(capabilities.getAdd());
    }

    private static boolean isConfined(@Nullable SeccompProfile profile) {
        return profile != null && Set.of("RuntimeDefault", "Localhost").contains(profile.getType());
    }

    private static boolean isRoot(@Nullable Long user) {
        return user != null && user == 0;
    }

    private static boolean isTrue(@Nullable Boolean value) {
        return Boolean.TRUE.equals(value);
    }

    private static boolean hasHarmlessType(Volume volume) {
        return Stream.<Predicate<Volume>>of(
                        each -> each.getConfigMap() != null,
                        each -> each.getCsi() != null,
                        each -> each.getDownwardAPI() != null,
                        each -> each.getEmptyDir() != null,
                        each -> each.getEphemeral() != null,
                        each -> each.getPersistentVolumeClaim() != null,
                        each -> each.getProjected() != null,
                        each -> each.getSecret() != null)
                .anyMatch(type -> type.test(volume));
    }
}
