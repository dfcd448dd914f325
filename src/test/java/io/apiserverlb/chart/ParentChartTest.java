package io.apiserverlb.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.marcnuri.helm.Helm;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A chart with pods of its own that includes the templates of this one. */
class ParentChartTest {
    private static final Path PARENT = ExampleValues.FOLDER.resolve("parent");

    @TempDir
    Path folder;

    @BeforeEach
    void addTheDependency() throws Exception {
        Folders.copy(PARENT, folder);
        Path dependency = Files.createDirectories(folder.resolve("charts/apiserver-lb"));
        Folders.copy(Chart.FOLDER, dependency);
    }

    @Test
    void hasTheSidecarInItsOwnPods() {
        Manifests manifests = Chart.at(folder).render("{}");
        PodSpec pod = Pods.workload(manifests);
        PodSpec ours = Pods.workload(Chart.ours().render("{mode: sidecar, workload: {image: a}}"));

        assertThat(manifests.kinds()).containsExactly("Deployment", "Role", "RoleBinding");
        assertThat(pod.getInitContainers()).isEqualTo(ours.getInitContainers());
        assertThat(pod.getHostAliases()).isEqualTo(ours.getHostAliases());
        assertThat(pod.getVolumes()).isEqualTo(ours.getVolumes());
        assertThat(Pods.environment(pod.getContainers().get(0)))
                .containsEntry("KUBERNETES_SERVICE_HOST", "kubernetes.default.svc")
                .containsEntry("KUBERNETES_SERVICE_PORT", "6440");
        assertThat(manifests.only(RoleBinding.class).getSubjects().get(0).getName())
                .isEqualTo(pod.getServiceAccountName());
    }

    @Test
    void setsItsValues() {
        PodSpec pod = Pods.workload(Chart.at(folder)
                .render("{global: {a: b}, apiserver-lb: {listen: '127.0.0.1:7440', image: {tag: '5'}}}"));

        assertThat(pod.getInitContainers().get(0).getImage()).isEqualTo("apiserver-lb:5");
        assertThat(Pods.environment(pod.getContainers().get(0))).containsEntry("KUBERNETES_SERVICE_PORT", "7440");
    }

    @Test
    void passesLint() {
        assertThat(new Helm(folder).lint().call().isFailed()).isFalse();
    }

    @Test
    void isDocumentedAsItIsTested() throws Exception {
        assertThat(Files.readString(Chart.FOLDER.resolve("README.md")))
                .contains(Files.readString(PARENT.resolve("templates/deployment.yaml")))
                .contains(Files.readString(PARENT.resolve("values.yaml")));
    }
}
