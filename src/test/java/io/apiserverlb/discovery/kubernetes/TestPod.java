package io.apiserverlb.discovery.kubernetes;

import io.apiserverlb.chart.Pods;
import io.apiserverlb.failover.Namespace;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PodSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a kubelet and a container runtime make of a pod, as far as its processes can tell: a network of its own, its hosts file, the
 * environment of each container, and a service account.
 *
 * @param folder on this host, for what is mounted
 * @param service the address of the Service {@code kubernetes}, as the kubelet tells it to containers
 */
record TestPod(PodSpec spec, Namespace network, Path folder, String service, int servicePort) {
    /** Inside what ip-netns makes: a mount namespace of its own, which ends with its processes. */
    private static final String MOUNT = """
            mount --bind "$1" /etc/hosts && mount -t tmpfs none /run && mkdir -p /run/secrets/kubernetes.io \\
                && cp -r "$2" /run/secrets/kubernetes.io/serviceaccount && shift 2 && exec "$@"
            """;

    /**
     * The words that make a command run inside.
     *
     * @param authority whose certificate the service account has
     */
    List<String> prefix(String authority) throws IOException {
        Path hosts = Files.writeString(folder.resolve("hosts"), hosts());
        Path account = Files.createTempDirectory(folder, "service-account");
        Files.writeString(account.resolve("ca.crt"), authority);
        Files.writeString(account.resolve("token"), "sesame");
        Files.writeString(account.resolve("namespace"), "workload");
        List<String> prefix = new ArrayList<>(network.prefix());
        prefix.addAll(List.of("sh", "-c", MOUNT, "pod", hosts.toString(), account.toString()));
        return prefix;
    }

    private String hosts() {
        return spec.getHostAliases().stream()
                .map(alias -> alias.getIp() + "\t" + String.join("\t", alias.getHostnames()) + "\n")
                .collect(Collectors.joining("", "127.0.0.1\tlocalhost\n", ""));
    }

    /** Its own, and what the kubelet adds where it has none of that name. */
    Map<String, String> environment(Container container) {
        Map<String, String> environment = new HashMap<>(Pods.environment(container));
        environment.putIfAbsent("KUBERNETES_SERVICE_HOST", service);
        environment.putIfAbsent("KUBERNETES_SERVICE_PORT", String.valueOf(servicePort));
        environment.put("PATH", System.getenv("PATH"));
        environment.put("HOME", folder.toString());
        return environment;
    }
}
