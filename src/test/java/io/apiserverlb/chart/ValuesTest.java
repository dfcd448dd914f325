package io.apiserverlb.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What may be set, and what Helm says where it may not. */
class ValuesTest {
    private static final String URL = "serverUrl: 192.168.1.177";
    private static final String SIDECAR = "mode: sidecar, workload: {image: a}";

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    mode: static                            | at '/mode': value must be one of 'daemonset', 'sidecar'
                    nodeSelektor: {}                        | additional properties 'nodeSelektor' not allowed
                    daemonset: {maxsurge: 1}                | at '/daemonset': additional properties 'maxsurge' not allowed
                    daemonset: {maxSurge: 0}                | at '/daemonset/maxSurge': minimum: got 0, want 1
                    daemonset: {maxSurge: a few}            | at '/daemonset/maxSurge': 'a few' does not match pattern
                    daemonset: {state: {hostPath: var/lib}} | at '/daemonset/state/hostPath': 'var/lib' does not match pattern
                    serverUrl: https://a b                  | at '/serverUrl': 'https://a b' does not match pattern
                    serverUrl: https://a/path               | at '/serverUrl': 'https://a/path' does not match pattern
                    serverAddresses: a:6443                 | at '/serverAddresses': got string, want array
                    serverAddresses: ["https://a"]          | at '/serverAddresses/0': 'https://a' does not match pattern
                    listen: 6440                            | at '/listen': got number, want string
                    listen: 127.0.0.1                       | at '/listen': '127.0.0.1' does not match pattern
                    restPort: 70000                         | at '/restPort': maximum: got 70,000, want 65,535
                    managementPort: "9464"                  | at '/managementPort': got string, want integer
                    shutdown: {drainSeconds: 20s}           | at '/shutdown/drainSeconds': got string, want integer
                    discovery: {kind: dns}                  | at '/discovery/kind': value must be one of 'kubernetes', 'k3s', 'none'
                    admin: {kubernetesAuth: "true"}         | at '/admin/kubernetesAuth': got string, want boolean
                    image: {digest: latest}                 | at '/image/digest': 'latest' does not match pattern
                    env: {"A B": c}                         | 'A B' does not match pattern
                    env: {A: {secretKeyRef: {}}}            | at '/env/A'
                    extraArgs: [lb.policy=failover]         | at '/extraArgs/0': 'lb.policy=failover' does not match pattern
                    metrics: {probe: {}}                    | at '/metrics': additional properties 'probe' not allowed
                    metrics: {serviceMonitor: {interval: 1}} | at '/metrics/serviceMonitor/interval': got number, want string
                    """)
    void theSchemaNamesTheValueAndWhatItMayBe(String values, String message) {
        assertRefused("{" + URL + ", " + values + "}", message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "kubernetes",
                "kubernetes.default:443",
                "https://kubernetes.default.svc",
                "https://Kubernetes.Default.svc:443/",
                "https://kubernetes.default.svc.cluster.local",
                "https://192.168.1.177,https://api.kube-system.svc.",
                "https://api.kube-system.svc.example.org:6443"
            })
    void aServiceIsNoWayToTheApi(String url) {
        assertRefused("{serverUrl: '" + url + "'}", "is the name of a Service");
        assertRefused("{" + SIDECAR + ", serverUrl: '" + url + "'}", "kubernetes.default.svc is the sidecar itself");
        assertRefused("{" + URL + ", serverAddresses: ['kubernetes.default.svc:443']}", "is the name of a Service");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://kubernetes.example.org",
                "svc.example.org",
                "https://[fd00::1]:6443",
                "https://10.43.0.1"
            })
    void otherNamesAndAddressesAreGood(String url) {
        assertThat(Pods.environment(Pods.balancers(Chart.ours().render("serverUrl: '" + url + "'"))
                        .getContainers()
                        .get(0)))
                .containsEntry("LB_SERVER_URL", url);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {}                                                                | serverUrl is required: the address that nodes join the cluster with
                    {mode: sidecar}                                                   | workload.image is required in mode sidecar
                    {mode: sidecar, workload: {image: a}, listen: '127.0.0.1:1,[::1]:1'} | a sidecar listens on 127.0.0.1 and one port
                    {serverUrl: a, discovery: {kind: k3s}}                            | discovery.k3s.tokenSecret.name is required
                    {mode: sidecar, workload: {image: a}, discovery: {kind: k3s, k3s: {tokenSecret: {name: a}}}} | serverUrl is required with discovery.kind=k3s
                    {mode: sidecar, workload: {image: a}, discovery: {kind: none}}    | set serverUrl or serverAddresses
                    {serverUrl: a, check: {ca: {configMap: a, secret: b}}}            | are both set: there is one CA
                    {mode: sidecar, workload: {enabled: false}, metrics: {podMonitor: {enabled: true}}} | workload.enabled=false says that there are none
                    {mode: sidecar, workload: {enabled: false}, metrics: {serviceMonitor: {enabled: true}}} | workload.enabled=false says that there are none
                    {serverUrl: a, metrics: {podMonitor: {enabled: true}, serviceMonitor: {enabled: true}}} | are both enabled
                    {serverUrl: a, env: {LB_LISTEN: b}}                               | env.LB_LISTEN has a value of its own in this chart
                    {mode: sidecar, workload: {image: a, env: [{name: KUBERNETES_SERVICE_HOST, value: b}]}} | is set by this chart
                    {mode: sidecar, workload: {image: a, env: [{name: NO_PROXY, valueFrom: {}}]}} | NO_PROXY needs a value
                    """)
    void whatDoesNotGoTogetherIsRefusedWithTheReason(String values, String message) {
        assertRefused(values, message);
    }

    private static void assertRefused(String values, String message) {
        assertThatThrownBy(() -> Chart.ours().render(values)).as(values).hasMessageContaining(message);
    }

    @Test
    void aClusterThatIsTooOldIsTold() {
        Chart old = Chart.ours().on("1.28.5");

        assertThat(old.render(URL).kinds()).contains("DaemonSet");
        assertThatThrownBy(() -> old.render("{" + SIDECAR + "}"))
                .hasMessageContaining("mode sidecar needs Kubernetes 1.29 or later")
                .hasMessageContaining("this is v1.28.5");
        assertThatThrownBy(() -> Chart.ours().on("1.24.0").render(URL)).hasMessageContaining(">=1.25.0");
    }

    @Test
    void eachOptionHasADefaultAndNoDefaultIsUnknown() {
        JsonNode defaults = Yaml.read(Chart.FOLDER.resolve("values.yaml"));

        assertThat(Schema.options().map(Schema.Option::pointer))
                .containsExactlyElementsOf(Schema.leaves(defaults, "").toList());
    }

    /** Taken away from examples that have it, it has to be missed. */
    @Test
    void eachOptionMakesADifference() {
        List<String> without = new ArrayList<>();
        for (Schema.Option option : Schema.options().toList()) {
            if (Stream.of(ExampleValues.values()).noneMatch(values -> makesADifference(option, values))) {
                without.add(option.pointer());
            }
        }

        // Which is what ParentChartTest is about.
        assertThat(without).containsExactly("/workload/enabled");
    }

    private static boolean makesADifference(Schema.Option option, ExampleValues values) {
        ObjectNode example = (ObjectNode) Yaml.all(values.yaml()).get(0);
        JsonNode parent = example.at(option.parent());
        if (!parent.has(option.name())) {
            return false;
        }
        Optional<Manifests> with = rendered(example);
        ((ObjectNode) parent).remove(option.name());
        return !rendered(example).equals(with);
    }

    private static Optional<Manifests> rendered(JsonNode values) {
        try {
            return Optional.of(Chart.ours().render(values.toString()));
        } catch (IllegalStateException refused) {
            return Optional.empty();
        }
    }
}
