package io.apiserverlb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HTTPGetAction;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Probe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.JacksonAnnotationIntrospector;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.LogicalType;

/** The static pod, as an API server that takes no unknown field and no number for a string would read it. */
class StaticPodTest {
    private static final Path MANIFEST = Path.of("kubernetes/static-pod.yaml");

    private static final JsonMapper STRICT = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .annotationIntrospector(new KnownFieldsOnly())
            .withCoercionConfig(
                    LogicalType.Textual,
                    text -> text.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
            .build();

    /** The model keeps what it does not know; here that is a mistake. */
    private static final class KnownFieldsOnly extends JacksonAnnotationIntrospector {
        private static final long serialVersionUID = 1;

        @Override
        public Boolean hasAnySetter(MapperConfig<?> config, Annotated annotated) {
            return false;
        }
    }

    private static Pod read(String yaml) {
        return STRICT.convertValue(new Yaml().load(yaml), Pod.class);
    }

    private static Pod pod() throws Exception {
        return read(Files.readString(MANIFEST));
    }

    private static Map<String, String> environment(Container container) {
        return container.getEnv().stream().collect(Collectors.toMap(EnvVar::getName, EnvVar::getValue));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "hostNetwork: true      | hostNetworks: true    | hostNetworks",
                "readOnlyRootFilesystem | readOnlyFilesystem    | readOnlyFilesystem",
                "value: \"6480\"        | value: 6480           | String"
            })
    void isReadStrictly(String right, String wrong, String complaint) throws Exception {
        String broken = Files.readString(MANIFEST).replace(right, wrong);

        assertThatThrownBy(() -> read(broken)).hasMessageContaining(complaint);
    }

    @Test
    void hasAConfigurationThatIsAllowed() throws Exception {
        Blueprint blueprint = EnvironmentOf.blueprint(
                environment(pod().getSpec().getContainers().get(0)));

        assertThat(blueprint.seeds()).hasSize(1);
        assertThat(blueprint.configured()).hasSize(2);
        assertThat(blueprint.properties().listen()).containsExactly("127.0.0.1:6444");
    }

    @Test
    void isRestrictedToWhatItNeeds() throws Exception {
        Pod pod = pod();
        Container container = pod.getSpec().getContainers().get(0);

        assertThat(pod.getSpec().getSecurityContext().getRunAsNonRoot()).isTrue();
        assertThat(pod.getSpec().getSecurityContext().getRunAsUser()).isEqualTo(65532);
        assertThat(pod.getSpec().getSecurityContext().getSeccompProfile().getType())
                .isEqualTo("RuntimeDefault");
        assertThat(container.getSecurityContext().getCapabilities().getDrop()).containsExactly("ALL");
        assertThat(container.getSecurityContext().getAllowPrivilegeEscalation()).isFalse();
        assertThat(container.getSecurityContext().getReadOnlyRootFilesystem()).isTrue();
        assertThat(container.getVolumeMounts()).as("the state alone").hasSize(1);
        assertThat(container.getResources().getLimits()).containsOnlyKeys("memory");
        assertThat(container.getPorts()).isEmpty();
    }

    /** The API server is what it has to do without. */
    @Test
    void needsNothingOfTheCluster() throws Exception {
        Pod pod = pod();

        assertThat(pod.getSpec().getAutomountServiceAccountToken()).isFalse();
        assertThat(pod.getSpec().getServiceAccountName()).isNull();
        assertThat(pod.getSpec().getVolumes()).singleElement().matches(volume -> volume.getHostPath() != null);
        assertThat(pod.getSpec().getContainers().get(0).getEnv()).allMatch(variable -> variable.getValueFrom() == null);
        assertThat(pod.getSpec().getPriorityClassName()).isEqualTo("system-node-critical");
        assertThat(pod.getSpec().getPriority()).isEqualTo(2_000_001_000);
    }

    @Test
    void isProbedWhereItAnswers() throws Exception {
        Container container = pod().getSpec().getContainers().get(0);
        Map<String, String> environment = environment(container);

        assertThat(Stream.of(container.getStartupProbe(), container.getLivenessProbe(), container.getReadinessProbe())
                        .map(Probe::getHttpGet))
                .allSatisfy(get -> {
                    assertThat(get.getHost()).isEqualTo(environment.get("MANAGEMENT_SERVER_ADDRESS"));
                    assertThat(get.getPort().getIntVal().toString())
                            .isEqualTo(environment.get("MANAGEMENT_SERVER_PORT"));
                })
                .extracting(HTTPGetAction::getPath)
                .containsExactly(
                        "/actuator/health/liveness", "/actuator/health/liveness", "/actuator/health/readiness");
    }
}
