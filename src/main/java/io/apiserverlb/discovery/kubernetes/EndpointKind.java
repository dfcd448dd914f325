package io.apiserverlb.discovery.kubernetes;

import io.apiserverlb.pool.ServerAddress;
import io.fabric8.kubernetes.api.model.Endpoints;
import io.fabric8.kubernetes.api.model.EndpointsList;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.FilterWatchListDeletable;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * One of the kinds of objects in which a cluster names its API servers: how to ask for them, and what they say.
 *
 * @param plural as in RBAC
 * @param path where the list is, with its selector
 * @param addresses tells of what it leaves out
 */
record EndpointKind<T extends HasMetadata, L extends KubernetesResourceList<T>>(
        String plural,
        String path,
        Class<L> list,
        Function<KubernetesClient, FilterWatchListDeletable<T, L, ?>> query,
        BiFunction<T, Consumer<String>, List<ServerAddress>> addresses) {
    private static final String NAMESPACE = "default";

    private static final String SERVICE = "kubernetes";

    static final EndpointKind<EndpointSlice, EndpointSliceList> SLICES = new EndpointKind<>(
            "endpointslices",
            "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices?labelSelector=kubernetes.io%2Fservice-name%3Dkubernetes",
            EndpointSliceList.class,
            client -> client.discovery()
                    .v1()
                    .endpointSlices()
                    .inNamespace(NAMESPACE)
                    .withLabel("kubernetes.io/service-name", SERVICE),
            EndpointAddresses::of);

    static final EndpointKind<Endpoints, EndpointsList> ENDPOINTS = new EndpointKind<>(
            "endpoints",
            "/api/v1/namespaces/default/endpoints?fieldSelector=metadata.name%3Dkubernetes",
            EndpointsList.class,
            client -> client.endpoints().inNamespace(NAMESPACE).withField("metadata.name", SERVICE),
            EndpointAddresses::of);

    /** In words, for messages. */
    static String question(String verb, String plural) {
        return verb + " " + plural + " in " + NAMESPACE;
    }
}
