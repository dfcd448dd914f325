package io.apiserverlb.discovery.kubernetes;

import io.apiserverlb.pool.ServerAddress;
import io.apiserverlb.testing.BadInputs;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BadClustersTest {
    private static final KubernetesSerialization SERIALIZATION = new KubernetesSerialization();

    @Test
    void areAnsweredAsDocumented() throws IOException {
        BadInputs table = new BadInputs("Answers of clusters");
        BadInputs.of(ClusterFuzzTest.class).forEach((name, bytes) -> table.tried(name, answer(name, bytes)));
        table.requireDocumented();
    }

    private static String answer(String name, byte[] bytes) {
        if (name.startsWith("exec")) {
            return credentials(new String(bytes, StandardCharsets.UTF_8));
        }
        return name.startsWith("endpoints")
                ? addresses(EndpointKind.ENDPOINTS, bytes)
                : addresses(EndpointKind.SLICES, bytes);
    }

    private static <T extends HasMetadata, L extends KubernetesResourceList<T>> String addresses(
            EndpointKind<T, L> kind, byte[] bytes) {
        try {
            List<String> leftOut = new ArrayList<>();
            List<ServerAddress> taken = new ArrayList<>();
            for (T object : Asking.parsed(SERIALIZATION, kind, bytes).getItems()) {
                taken.addAll(kind.addresses().apply(object, leftOut::add));
            }
            return "servers taken: " + taken.size() + (leftOut.isEmpty() ? "" : "; " + String.join("; ", leftOut));
        } catch (QuestionFailedException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static String credentials(String answer) {
        try {
            UserParts parts = ExecPlugin.parts("the program", "client.authentication.k8s.io/v1", answer);
            parts.token();
            return "is taken";
        } catch (CredentialsException e) {
            return String.valueOf(e.getMessage());
        }
    }
}
