package io.apiserverlb.check;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KubernetesVersionTest {
    @ParameterizedTest
    @ValueSource(
            strings = {"v1.36.2", "v1.36.2+k3s1", "v1.33.0-alpha.1.45+0a1b2c3d4e5f67", "v1.30.4-gke.1348000", "1.29"})
    void readsTheVersionOfEveryDistribution(String version) {
        String json =
                "{\"major\":\"1\",\"nested\":{\"gitVersion\":\"v0.0.0\"},\"gitVersion\":\"" + version + "\",\"x\":[1]}";

        assertThat(KubernetesVersion.parse(json)).contains(version);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "ok",
                "[]",
                "\"v1.36.2\"",
                "{}",
                "{\"gitVersion\":",
                "{\"gitVersion\":1}",
                "{\"gitVersion\":{\"gitVersion\":\"v1.36.2\"}}",
                "{\"gitVersion\":\"\"}",
                "{\"gitVersion\":\"latest\"}",
                "{\"gitVersion\":\"v1.36.2<script>\"}",
                "{\"gitVersion\":\"v1.36.2\\n\"}"
            })
    void takesNothingThatIsNoVersion(String json) {
        assertThat(KubernetesVersion.parse(json)).isEmpty();
    }

    @Test
    void takesNoVersionOfExcessiveLength() {
        assertThat(KubernetesVersion.parse("{\"gitVersion\":\"v1.36." + "1".repeat(200) + "\"}"))
                .isEmpty();
    }

    @Test
    void survivesDeepNesting() {
        assertThat(KubernetesVersion.parse("{\"a\":" + "[".repeat(30_000))).isEmpty();
    }
}
