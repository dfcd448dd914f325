package io.apiserverlb.chart;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/** The pods of rendered objects, and what is in them. */
public final class Pods {
    private Pods() {}

    static Stream<PodSpec> of(HasMetadata object) {
        if (object instanceof DaemonSet daemonSet) {
            return Stream.of(daemonSet.getSpec().getTemplate().getSpec());
        } else if (object instanceof Deployment deployment) {
            return Stream.of(deployment.getSpec().getTemplate().getSpec());
        }
        return object instanceof Pod pod ? Stream.of(pod.getSpec()) : Stream.empty();
    }

    static PodSpec balancers(Manifests manifests) {
        return manifests.only(DaemonSet.class).getSpec().getTemplate().getSpec();
    }

    public static PodSpec workload(Manifests manifests) {
        return manifests.only(Deployment.class).getSpec().getTemplate().getSpec();
    }

    /** Those that have a value of their own. */
    public static Map<String, String> environment(Container container) {
        Map<String, String> environment = new LinkedHashMap<>();
        for (EnvVar variable : container.getEnv()) {
            String before =
                    variable.getValue() == null ? null : environment.put(variable.getName(), variable.getValue());
            if (before != null) {
                throw new IllegalStateException(variable.getName() + " is there twice");
            }
        }
        return environment;
    }
}
