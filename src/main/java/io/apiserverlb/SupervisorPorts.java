package io.apiserverlb;

import io.apiserverlb.check.Supervisor;
import io.apiserverlb.discovery.k3s.K3sDiscovery;
import io.apiserverlb.pool.SeedUrl;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Where the supervisors of k3s or RKE2 listen: with the API servers, as in k3s, or on a port of their own, as in RKE2.
 *
 * @param configuredPort if the operator names it
 * @param serverPort of API servers that do not listen where their supervisors do
 */
record SupervisorPorts(
        K3sDiscovery.Program program, @Nullable Integer configuredPort, int serverPort) {

    /** A registration URL is that of a supervisor, so its API server may have another port. */
    List<SeedUrl> seeds(List<SeedUrl> urls) {
        Integer port = ownPort(urls);
        return urls.stream()
                .map(url -> port != null && port == url.address().port() ? url.withServerPort(serverPort) : url)
                .toList();
    }

    /** What knows whether a server is ready. */
    Supervisor check(List<SeedUrl> urls) {
        String name = program.name().toLowerCase(Locale.ROOT);
        return new Supervisor("/v1-" + name + "/readyz", ownPort(urls));
    }

    private @Nullable Integer ownPort(List<SeedUrl> urls) {
        if (configuredPort != null || program == K3sDiscovery.Program.K3S || urls.isEmpty()) {
            return configuredPort;
        }
        return urls.get(0).address().port();
    }
}
