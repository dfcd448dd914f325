package io.apiserverlb.discovery.k3s;

import io.apiserverlb.pool.ServerAddress;
import java.net.URI;
import java.util.List;
import java.util.stream.Stream;

/**
 * A way to a supervisor.
 *
 * @param isGateway whether it leads through the balancer, to a server of its choice
 * @param certificateNames of which the supervisor's certificate has to cover one
 */
record Route(ServerAddress address, boolean isGateway, List<String> certificateNames) {
    /** In the certificate of every k3s and RKE2 server, whatever its addresses. */
    private static final String KUBERNETES = "kubernetes.default.svc";

    static Route direct(ServerAddress address, List<String> seedHosts) {
        return new Route(address, false, names(Stream.concat(Stream.of(address.host()), seedHosts.stream())));
    }

    /** Its address is this host's, which says nothing about the supervisor behind it. */
    static Route gateway(ServerAddress address, List<String> seedHosts) {
        return new Route(address, true, names(seedHosts.stream()));
    }

    private static List<String> names(Stream<String> others) {
        return Stream.concat(Stream.of(KUBERNETES), others).distinct().toList();
    }

    URI uri(String path) throws SupervisorException {
        try {
            return URI.create("https://" + address + path);
        } catch (IllegalArgumentException e) {
            throw new SupervisorException("has a name that cannot stand in a URL");
        }
    }
}
