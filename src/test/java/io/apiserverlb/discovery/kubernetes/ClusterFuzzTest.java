package io.apiserverlb.discovery.kubernetes;

import static io.apiserverlb.testing.Demands.demand;
import static io.apiserverlb.testing.Demands.readable;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.apiserverlb.pool.ServerAddress;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What clusters and programs that know credentials answer. */
class ClusterFuzzTest {
    private static final KubernetesSerialization SERIALIZATION = new KubernetesSerialization();
    private static final Instant NOW = Instant.parse("2026-12-01T00:00:00Z");
    private static final int LONGEST_MESSAGE = 1_000;

    @FuzzTest
    void readsAnswers(byte[] bytes) {
        addresses(EndpointKind.SLICES, bytes);
        addresses(EndpointKind.ENDPOINTS, bytes);
        credentials(new String(bytes, StandardCharsets.UTF_8));
    }

    private static <T extends HasMetadata, L extends KubernetesResourceList<T>> void addresses(
            EndpointKind<T, L> kind, byte[] bytes) {
        try {
            L list = Asking.parsed(SERIALIZATION, kind, bytes);
            List<String> leftOut = new ArrayList<>();
            for (T object : list.getItems()) {
                for (ServerAddress address : kind.addresses().apply(object, leftOut::add)) {
                    demand(address.ip().isPresent() || address.isName(), "is no address: " + address);
                }
            }
            leftOut.forEach(words -> readable(words, LONGEST_MESSAGE));
        } catch (QuestionFailedException e) {
            readable(e.getMessage(), LONGEST_MESSAGE);
        }
    }

    private static void credentials(String answer) {
        try {
            UserParts parts = ExecPlugin.parts("the program", "client.authentication.k8s.io/v1", answer);
            demand(
                    parts.tokenPart() != null || parts.certificate() != null,
                    "a program has given nothing, and that was taken");
            String token = parts.token();
            KnownCluster.end(parts.expiry(), NOW);
            demand(token == null || token.chars().allMatch(c -> c > ' ' && c < 0x7f), "is no token");
        } catch (CredentialsException e) {
            readable(e.getMessage(), 200); // without anything of the answer
        }
    }
}
