package io.apiserverlb.discovery.kubernetes;

import io.apiserverlb.testing.HeldPort;
import io.apiserverlb.testing.TestAuthority;
import io.fabric8.kubernetes.api.model.EndpointAddress;
import io.fabric8.kubernetes.api.model.EndpointsBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.NonDeletingOperation;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.List;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;

/** Three API servers over one store. */
final class TestCluster implements AutoCloseable {
    static final String SERVER_NAME = "kubernetes.default.svc";

    private static final int OPERATOR_PATIENCE_MILLIS = 60_000;

    private final KubernetesMockServer store = new KubernetesMockServer(
            new Context(), new MockWebServer(), new HashMap<>(), new KubernetesCrudDispatcher(), false);
    private final InetAddress address;
    private final List<HeldPort> ports;
    private final KubernetesClient operator;
    private final List<FakeApiServer> servers;
    private final TestGateway gateway;

    TestCluster(TestAuthority authority) {
        this(authority, InetAddress.getLoopbackAddress());
    }

    /** One whose servers are at this address. */
    TestCluster(TestAuthority authority, InetAddress address) {
        this.address = address;
        store.init();
        operator = patient(store.createClient());
        ports = Stream.generate(() -> new HeldPort(address)).limit(3).toList();
        servers = ports.stream().map(port -> server(authority, port.port())).toList();
        gateway = new TestGateway(servers);
    }

    /** What the operator does is no part of any test, and the machine may have other things to do for a while. */
    private static KubernetesClient patient(KubernetesClient client) {
        return new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder(client.getConfiguration())
                        .withConnectionTimeout(OPERATOR_PATIENCE_MILLIS)
                        .withRequestTimeout(OPERATOR_PATIENCE_MILLIS)
                        .build())
                .build();
    }

    /** One more, which nothing is forwarded to. */
    FakeApiServer server(TestAuthority authority, String name) {
        return new FakeApiServer(authority.server(name), address, 0, store.getPort());
    }

    /** One that was killed, on its old port. */
    FakeApiServer restart(TestAuthority authority, int number) {
        return server(authority, servers.get(number).port());
    }

    private FakeApiServer server(TestAuthority authority, int port) {
        return new FakeApiServer(authority.server(SERVER_NAME), address, port, store.getPort());
    }

    List<FakeApiServer> servers() {
        return servers;
    }

    TestGateway gateway() {
        return gateway;
    }

    List<FakeApiServer.Asked> asked() {
        return servers.stream().flatMap(server -> server.asked().stream()).toList();
    }

    void tellWatches(String line) {
        servers.forEach(server -> server.tellWatches(line));
    }

    void refuse(ToIntFunction<FakeApiServer.Asked> how) {
        servers.forEach(server -> server.refuse(how));
    }

    boolean isWatched() {
        return servers.stream().anyMatch(FakeApiServer::isWatched);
    }

    FakeApiServer watched() {
        return servers.stream().filter(FakeApiServer::isWatched).findFirst().orElseThrow();
    }

    void endpoints(String... addresses) {
        operator.resource(new EndpointsBuilder()
                        .withNewMetadata()
                        .withName("kubernetes")
                        .withNamespace("default")
                        .endMetadata()
                        .addNewSubset()
                        .addAllToAddresses(Stream.of(addresses)
                                .map(ip -> new EndpointAddress(null, ip, null, null))
                                .toList())
                        .addNewPort()
                        .withName("https")
                        .withPort(6443)
                        .endPort()
                        .endSubset()
                        .build())
                .createOr(NonDeletingOperation::update);
    }

    void slice(String name, String... addresses) {
        slice(name, 6443, addresses);
    }

    void slice(String name, int port, String... addresses) {
        operator.resource(sliceOf(name, port, addresses)).createOr(NonDeletingOperation::update);
    }

    private static EndpointSlice sliceOf(String name, int port, String... addresses) {
        return new EndpointSliceBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace("default")
                .addToLabels("kubernetes.io/service-name", "kubernetes")
                .endMetadata()
                .withAddressType(name.contains("6") ? "IPv6" : "IPv4")
                .addAllToEndpoints(Stream.of(addresses)
                        .map(address -> new EndpointBuilder()
                                .addToAddresses(address)
                                .withNewConditions()
                                .withReady(true)
                                .endConditions()
                                .build())
                        .toList())
                .addNewPort()
                .withName("https")
                .withPort(port)
                .endPort()
                .build();
    }

    void deleteSlice(String name) {
        operator.resource(sliceOf(name, 6443)).delete();
    }

    @Override
    public void close() {
        gateway.close();
        servers.forEach(FakeApiServer::kill);
        ports.forEach(HeldPort::close);
        operator.close();
        store.destroy();
    }
}
