package io.apiserverlb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.apiserverlb.chart.Chart;
import io.apiserverlb.chart.Pods;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

/** What the chart tells the balancer, as the balancer hears it. */
class ChartEnvironmentTest {
    private static final String ALL = """
            mode: sidecar
            workload: {image: a}
            serverUrl: https://192.168.1.177:6443
            serverAddresses: ["192.168.1.229:6443", "192.168.1.63:6443"]
            discovery: {kind: k3s, k3s: {tokenSecret: {name: a}}}
            check: {serverName: api.example, ca: {secret: a}}
            admin: {tokenSecret: {name: a}, kubernetesAuth: true}
            shutdown: {graceSeconds: 5}
            """;

    @Test
    void isAPropertyEach() {
        Map<String, String> environment = environment();

        assertThat(environment.keySet())
                .contains(
                        "LB_DISCOVERY_K3S_TOKEN_FILE",
                        "LB_CHECK_CA_FILE",
                        "LB_ADMIN_TOKEN_FILE",
                        "LB_ADMIN_KUBERNETES_AUTH",
                        "LB_SERVER_ADDRESSES");
        assertThat(environment.keySet().stream().filter(name -> name.startsWith("LB_")))
                .allSatisfy(name -> assertThatCode(() -> new KnownKeys(LbProperties.class)
                                .requireOnlyThese(
                                        with(name.toLowerCase(Locale.ROOT).replace('_', '.'))))
                        .doesNotThrowAnyException());
    }

    private static StandardEnvironment with(String key) {
        StandardEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(new MapPropertySource("one", Map.of(key, "")));
        return environment;
    }

    private static Map<String, String> environment() {
        return Pods.environment(
                Pods.workload(Chart.ours().render(ALL)).getInitContainers().get(0));
    }
}
