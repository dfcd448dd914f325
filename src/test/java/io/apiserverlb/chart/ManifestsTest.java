package io.apiserverlb.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** All that the chart makes, by Helm's own rules and Kubernetes' model. */
class ManifestsTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource
    void passesLint(ExampleValues values) throws Exception {
        Path chart = Files.createDirectory(folder.resolve("apiserver-lb"));
        Folders.copy(Chart.FOLDER, chart);
        // Helm lints a chart with its own values.
        Files.writeString(chart.resolve("values.yaml"), values.withDefaults().toString());

        LintResult result = new Helm(chart).lint().strict().call();

        assertThat(result.isFailed()).as("%s", result.getMessages()).isFalse();
        assertThat(result.getMessages().toString()).doesNotContain("Fail:");
    }

    @ParameterizedTest
    @EnumSource
    void isWhatKubernetesKnows(ExampleValues values) {
        List<HasMetadata> objects = Chart.ours().render(values.yaml()).typed().toList();

        assertThat(objects)
                .hasSizeGreaterThan(1)
                .allSatisfy(object ->
                        assertThat(object.getMetadata().getName()).matches("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"));
    }

    @ParameterizedTest
    @EnumSource
    void livesInTheNamespaceOfTheReleaseButForTheRightsOnEndpoints(ExampleValues values) {
        Chart.ours().render(values.yaml()).objects().forEach(object -> {
            String kind = object.get("kind").stringValue();
            String namespace = kind.startsWith("Role") ? "default" : kind.startsWith("ClusterRole") ? "" : "edge";
            assertThat(object.at("/metadata/namespace").asString("")).isEqualTo(namespace);
        });
    }

    @Test
    void aFieldThatKubernetesDoesNotKnowIsNoticed() {
        Manifests manifests =
                Manifests.of("{apiVersion: v1, kind: ServiceAccount, metadata: {name: a, lables: {}}, secrets: []}");

        assertThatThrownBy(() -> manifests.only(ServiceAccount.class)).hasMessageContaining("lables");
    }

    @Test
    void aKindThatIsNotServedAsSuchIsNoticed() {
        Manifests manifests = Manifests.of("{apiVersion: v2, kind: ServiceAccount, metadata: {name: a}}");

        assertThatThrownBy(() -> manifests.only(ServiceAccount.class)).hasMessageContaining("v2");
    }

    @Test
    void aKeyThatIsThereTwiceIsNoticed() {
        assertThatThrownBy(() -> Manifests.of("{kind: a, kind: b}")).hasMessageContaining("duplicate key kind");
    }
}
