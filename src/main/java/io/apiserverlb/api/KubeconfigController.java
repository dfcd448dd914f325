package io.apiserverlb.api;

import io.apiserverlb.pool.CommonName;
import io.apiserverlb.pool.ServerPool;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.ExampleObject;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Comparator;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Tells clients on this host how to connect. */
@RestController
@Tag(name = "balancer", description = "The balancer at a glance")
final class KubeconfigController {
    private static final MediaType YAML = MediaType.APPLICATION_YAML;
    private static final Comparator<InetAddress> NEAREST_FIRST = Comparator.<InetAddress, Boolean>comparing(
                    ip -> !ip.isLoopbackAddress())
            .thenComparing(ip -> !(ip instanceof Inet4Address));

    private final Balancer balancer;
    private final ClusterTrust trust;
    private final ServerPool pool;

    KubeconfigController(Balancer balancer, ClusterTrust trust, ServerPool pool) {
        this.balancer = balancer;
        this.trust = trust;
        this.pool = pool;
    }

    @GetMapping("/lb/kubeconfig")
    @Operation(
            operationId = "kubeconfig",
            summary = "A kubeconfig without credentials that leads to the balancer",
            description = "With the CA, if one is known, and with a name to verify the servers by that their"
                    + " certificates, as checked, all cover, if there is one.")
    @ApiResponse(
            responseCode = "200",
            description = "The kubeconfig",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_YAML_VALUE,
                            schema = @Schema(implementation = String.class),
                            examples = @ExampleObject("""
                                    apiVersion: v1
                                    kind: Config
                                    clusters:
                                    - name: 'apiserver'
                                      cluster:
                                        server: https://127.0.0.1:6444
                                        certificate-authority-data: LS0tLS1CRUdJTi...
                                        tls-server-name: 'kubernetes.default.svc'
                                    ...
                                    """)))
    @ApiResponse(responseCode = "503", description = "There is no address that clients could connect to")
    ResponseEntity<String> kubeconfig() {
        InetSocketAddress listener = trust.listeners().get().stream()
                .map(KubeconfigController::reachable)
                .min(Comparator.comparing(InetSocketAddress::getAddress, NEAREST_FIRST))
                .orElseThrow(() ->
                        new ProblemException(HttpStatus.SERVICE_UNAVAILABLE, "the balancer listens on no address"));
        CommonName names = CommonName.of(pool.list().servers());
        Kubeconfig kubeconfig = new Kubeconfig(
                balancer.name(),
                Values.text(listener),
                trust.authorities().get().orElse(null),
                names.name(trust.serverName()).orElse(null));
        return ResponseEntity.ok().contentType(YAML).body(kubeconfig.yaml());
    }

    /** Who listens on all addresses can be reached by that of loopback. */
    private static InetSocketAddress reachable(InetSocketAddress listener) {
        if (!listener.getAddress().isAnyLocalAddress()) {
            return listener;
        }
        byte[] loopback = listener.getAddress() instanceof Inet4Address
                ? new byte[] {127, 0, 0, 1}
                : new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
        try {
            return new InetSocketAddress(InetAddress.getByAddress(loopback), listener.getPort());
        } catch (UnknownHostException e) {
            throw new AssertionError(e); // it has the length of an address
        }
    }
}
