package io.apiserverlb.discovery.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.apiserverlb.pool.ServerAddress;
import io.fabric8.kubernetes.api.model.Endpoints;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class EndpointAddressesTest {
    private static final KubernetesSerialization YAML = new KubernetesSerialization();

    private final List<String> leftOut = new ArrayList<>();

    private List<ServerAddress> slice(String content) {
        return EndpointAddresses.of(
                YAML.unmarshal("metadata: {name: kubernetes-x}\n" + content, EndpointSlice.class), leftOut::add);
    }

    private List<ServerAddress> endpoints(String content) {
        return EndpointAddresses.of(
                YAML.unmarshal("metadata: {name: kubernetes}\n" + content, Endpoints.class), leftOut::add);
    }

    private static List<ServerAddress> servers(String... texts) {
        return Arrays.stream(texts).map(text -> ServerAddress.parse(text, 0)).toList();
    }

    @Test
    void takesAllThatAreNotKnownToBeUnready() {
        List<ServerAddress> servers = slice("""
                endpoints:
                - {addresses: [10.0.0.1], conditions: {ready: true}}
                - {addresses: [10.0.0.2], conditions: {ready: false}}
                - {addresses: [10.0.0.3], conditions: {}}
                - {addresses: [10.0.0.4]}
                ports: [{name: https, port: 6443}]
                """);

        assertThat(servers).isEqualTo(servers("10.0.0.1:6443", "10.0.0.3:6443", "10.0.0.4:6443"));
        assertThat(leftOut).isEmpty();
    }

    @Test
    void takesThePortThatIsNamedHttps() {
        assertThat(slice("""
                endpoints: [{addresses: [10.0.0.1]}]
                ports: [{name: metrics, port: 9100}, {name: https, port: 443}]
                """)).isEqualTo(servers("10.0.0.1:443"));
    }

    @Test
    void takesTheOnlyPortWhateverItsName() {
        assertThat(slice("endpoints: [{addresses: [10.0.0.1]}]\nports: [{name: api, port: 443}]"))
                .isEqualTo(servers("10.0.0.1:443"));
        assertThat(slice("endpoints: [{addresses: [10.0.0.1]}]\nports: [{port: 443}]"))
                .isEqualTo(servers("10.0.0.1:443"));
    }

    @Test
    void leavesOutASliceWhosePortIsNotClear() {
        assertThat(slice("endpoints: [{addresses: [10.0.0.1]}]\nports: [{name: a, port: 443}, {name: b, port: 444}]"))
                .isEmpty();
        assertThat(slice("endpoints: [{addresses: [10.0.0.1]}]")).isEmpty();
        assertThat(leftOut)
                .containsOnly(
                        "the EndpointSlice kubernetes-x is left out: it has neither a port named https nor a single one");
    }

    @Test
    void takesIpv6AndHostNames() {
        assertThat(slice("endpoints: [{addresses: ['fd00::1']}, {addresses: [one.example.com]}]\nports: [{port: 443}]"))
                .isEqualTo(servers("[fd00::1]:443", "one.example.com:443"));
    }

    @Test
    void leavesOutAnAddressThatNoServerCanHave() {
        assertThat(slice("endpoints: [{addresses: [0.0.0.0]}, {addresses: [10.0.0.1]}]\nports: [{port: 443}]"))
                .isEqualTo(servers("10.0.0.1:443"));
        assertThat(leftOut).singleElement().asString().startsWith("an address in the EndpointSlice kubernetes-x ");
    }

    @Test
    void readsAllSubsetsOfEndpointsButWhatIsNotReady() {
        assertThat(endpoints("""
                subsets:
                - addresses: [{ip: 10.0.0.1}]
                  notReadyAddresses: [{ip: 10.0.0.2}]
                  ports: [{name: https, port: 6443}, {name: other, port: 1}]
                - addresses: [{ip: 10.0.0.3}]
                  ports: [{port: 7443}]
                """)).isEqualTo(servers("10.0.0.1:6443", "10.0.0.3:7443"));
        assertThat(endpoints("")).isEmpty();
    }
}
