package io.apiserverlb.chart;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.InstallCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;

/**
 * A chart, for a release {@code lb} in the namespace {@code edge}.
 *
 * @param folder it is in
 * @param kubeVersion of the cluster
 */
public record Chart(Path folder, String kubeVersion) {
    static final Path FOLDER = Path.of("helm/apiserver-lb");
    private static final String RELEASE = "lb";
    private static final String NAMESPACE = "edge";
    /** The oldest that has sidecars. */
    private static final String KUBE_VERSION = "1.29.0";

    /** Helm's library does not show hooks: in this copy they are none. */
    private static final Path WITH_HOOKS_SHOWN = Path.of(
            "target", "chart-with-hooks-shown-" + ProcessHandle.current().pid());

    static {
        try {
            Folders.copy(FOLDER, Files.createDirectories(WITH_HOOKS_SHOWN));
            Path test = WITH_HOOKS_SHOWN.resolve("templates/tests/status.yaml");
            Files.writeString(test, Files.readString(test).replace("helm.sh/hook:", "shown.helm.sh/hook:"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The one of this project. */
    public static Chart ours() {
        return at(WITH_HOOKS_SHOWN);
    }

    static Chart at(Path folder) {
        return new Chart(folder, KUBE_VERSION);
    }

    Chart on(String version) {
        return new Chart(folder, version);
    }

    /**
     * What Helm makes of it.
     *
     * @param values as in a values file
     * @throws IllegalStateException with Helm's words if it refuses them
     */
    public Manifests render(String values) {
        return Manifests.of(withFile(
                values,
                file -> new Helm(folder)
                        .template()
                        .withKubeVersion(kubeVersion)
                        .withName(RELEASE)
                        .withNamespace(NAMESPACE)
                        .withValuesFile(file)
                        .call()));
    }

    /** What Helm tells who has installed it. */
    String notes(String values) {
        return withFile(values, file -> {
            InstallCommand install = new Helm(folder)
                    .install()
                    .clientOnly()
                    .dryRun()
                    .withKubeVersion(kubeVersion)
                    .withName(RELEASE)
                    .withNamespace(NAMESPACE)
                    .withValuesFile(file);
            return install.call().getOutput();
        });
    }

    private static String withFile(String content, Function<Path, String> user) {
        try {
            Path file = Files.createTempFile("values", ".yaml");
            try {
                return user.apply(Files.writeString(file, content));
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
