package io.apiserverlb.chart;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.JacksonAnnotationIntrospector;
import tools.jackson.databind.json.JsonMapper;

/** The objects that Helm would send to a cluster. */
public record Manifests(List<JsonNode> objects) {
    /** The model of Kubernetes keeps what it does not know; here that is an error. */
    private static final JsonMapper STRICT = JsonMapper.builder()
            .annotationIntrospector(new JacksonAnnotationIntrospector() {
                private static final long serialVersionUID = 1;

                @Override
                public Boolean hasAnySetter(MapperConfig<?> config, Annotated annotated) {
                    return false;
                }
            })
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private static final List<Class<? extends HasMetadata>> MODEL = List.of(
            DaemonSet.class,
            Deployment.class,
            Job.class,
            Pod.class,
            Service.class,
            ConfigMap.class,
            ServiceAccount.class,
            Role.class,
            RoleBinding.class,
            ClusterRoleBinding.class,
            PodDisruptionBudget.class,
            NetworkPolicy.class);

    static Manifests of(String yaml) {
        return new Manifests(Yaml.all(yaml));
    }

    /** Their kinds, sorted. */
    List<String> kinds() {
        return objects.stream().map(Manifests::kind).sorted().toList();
    }

    private static String kind(JsonNode object) {
        return object.get("kind").stringValue();
    }

    JsonNode json(String kind) {
        List<JsonNode> found =
                objects.stream().filter(object -> kind(object).equals(kind)).toList();
        if (found.size() != 1) {
            throw new IllegalStateException(found.size() + " of the kind " + kind + " among " + kinds());
        }
        return found.get(0);
    }

    /** The only object of that kind. */
    public <T extends HasMetadata> T only(Class<T> kind) {
        return typed(json(kind.getSimpleName()), kind);
    }

    /** All that are Kubernetes' own, each read strictly. */
    Stream<HasMetadata> typed() {
        return objects.stream()
                .filter(object -> !object.get("apiVersion").stringValue().startsWith("monitoring.coreos.com/"))
                .map(object -> typed(object, model(kind(object))));
    }

    private static Class<? extends HasMetadata> model(String kind) {
        return MODEL.stream()
                .filter(each -> each.getSimpleName().equals(kind))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no model for the kind " + kind));
    }

    private static <T extends HasMetadata> T typed(JsonNode object, Class<T> kind) {
        T typed = STRICT.treeToValue(object, kind);
        if (!typed.getApiVersion().equals(object.get("apiVersion").stringValue())
                || !typed.getApiVersion().equals(HasMetadata.getApiVersion(kind))) {
            throw new IllegalStateException(kind + " is not served as " + object.get("apiVersion"));
        }
        return typed;
    }

    /** As strictly, for kinds that the model does not have. */
    <T> T read(String kind, Class<T> type) {
        return STRICT.treeToValue(json(kind), type);
    }
}
