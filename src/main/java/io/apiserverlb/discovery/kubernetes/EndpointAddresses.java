package io.apiserverlb.discovery.kubernetes;

import io.apiserverlb.pool.InvalidAddressException;
import io.apiserverlb.pool.OneLine;
import io.apiserverlb.pool.ServerAddress;
import io.fabric8.kubernetes.api.model.Endpoints;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads addresses of API servers from what a cluster keeps about its service {@code kubernetes}. */
final class EndpointAddresses {
    private static final String PORT = "https";

    private record Port(@Nullable String name, @Nullable Integer number) {}

    private EndpointAddresses() {}

    /** Those that are not known to be unready. */
    static List<ServerAddress> of(EndpointSlice slice, Consumer<String> leftOut) {
        Stream<String> hosts = nonNull(slice.getEndpoints())
                .filter(EndpointAddresses::isReady)
                .flatMap(endpoint -> nonNull(endpoint.getAddresses()));
        Stream<Port> ports = nonNull(slice.getPorts()).map(port -> new Port(port.getName(), port.getPort()));
        return addresses(place("EndpointSlice", slice), hosts, ports, leftOut);
    }

    private static boolean isReady(Endpoint endpoint) {
        return endpoint.getConditions() == null
                || !Boolean.FALSE.equals(endpoint.getConditions().getReady());
    }

    static List<ServerAddress> of(Endpoints endpoints, Consumer<String> leftOut) {
        String place = place("Endpoints", endpoints);
        return nonNull(endpoints.getSubsets())
                .flatMap(subset -> addresses(
                        place,
                        nonNull(subset.getAddresses())
                                .map(address -> address.getIp())
                                .filter(Objects::nonNull),
                        nonNull(subset.getPorts()).map(port -> new Port(port.getName(), port.getPort())),
                        leftOut)
                        .stream())
                .toList();
    }

    private static String place(String kind, HasMetadata object) {
        return "the " + kind + " " + OneLine.of(object.getMetadata().getName());
    }

    private static List<ServerAddress> addresses(
            String place, Stream<String> hosts, Stream<Port> ports, Consumer<String> leftOut) {
        List<String> named = hosts.toList();
        if (named.isEmpty()) {
            return List.of();
        }
        Optional<Integer> port =
                port(ports.filter(each -> each.number() != null).toList());
        if (port.isEmpty()) {
            leftOut.accept(place + " is left out: it has neither a port named " + PORT + " nor a single one");
            return List.of();
        }
        List<ServerAddress> addresses = new ArrayList<>();
        for (String host : named) {
            try {
                addresses.add(new ServerAddress(host, port.get()));
            } catch (InvalidAddressException e) {
                leftOut.accept("an address in " + place + " is left out: " + e.getMessage());
            }
        }
        return addresses;
    }

    private static Optional<Integer> port(List<Port> ports) {
        return ports.stream()
                .filter(port -> ports.size() == 1 || PORT.equals(port.name()))
                .findFirst()
                .map(Port::number);
    }

    private static <T> Stream<T> nonNull(@Nullable List<T> list) {
        return list == null ? Stream.of() : list.stream().filter(Objects::nonNull);
    }
}
