package io.apiserverlb;

import io.apiserverlb.check.Checker;
import io.apiserverlb.discovery.Discovery;
import io.apiserverlb.discovery.k3s.K3sDiscovery;
import io.apiserverlb.discovery.k3s.K3sToken;
import io.apiserverlb.discovery.k3s.K3sTokenException;
import io.apiserverlb.discovery.kubernetes.CallerReviews;
import io.apiserverlb.discovery.kubernetes.ClusterCredentials;
import io.apiserverlb.discovery.kubernetes.CredentialsException;
import io.apiserverlb.discovery.kubernetes.KubernetesDiscovery;
import io.apiserverlb.pool.Event;
import io.apiserverlb.pool.Events;
import io.apiserverlb.pool.Membership;
import io.apiserverlb.pool.SeedUrl;
import io.apiserverlb.pool.ServerAddress;
import io.apiserverlb.pool.ServerPool;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Whom the balancer asks for servers, as configured, and what that means for its other parts. */
final class ClusterPlan {
    private final Blueprint blueprint;
    private final LbProperties.Discovery properties;
    private final boolean reviewsCallers;
    private final @Nullable ClusterCredentials credentials;
    private final @Nullable SeedUrl namedByCredentials;

    private ClusterPlan(Blueprint blueprint, InstantSource clock, LongSupplier nanoTime) {
        this.blueprint = blueprint;
        this.properties = blueprint.properties().discovery();
        this.reviewsCallers = blueprint.properties().admin().kubernetesAuth();
        boolean asksItself = properties.kind() == LbProperties.DiscoveryKind.KUBERNETES;
        this.credentials = asksItself || reviewsCallers ? credentials(blueprint, clock, nanoTime) : null;
        this.namedByCredentials = credentials == null
                ? null
                : read(credentials, asksItself ? "lb.discovery.kubeconfig" : "lb.admin.kubernetes-auth");
        if (properties.kind() == LbProperties.DiscoveryKind.K3S) {
            readToken();
            blueprint.seeds().forEach(ClusterPlan::requireHttps);
        }
    }

    /**
     * Reads the files of the credentials.
     *
     * @throws ConfigurationException if they cannot be used
     */
    static ClusterPlan of(Blueprint blueprint, InstantSource clock, LongSupplier nanoTime) {
        return new ClusterPlan(blueprint, clock, nanoTime);
    }

    private void readToken() {
        try {
            K3sToken.read(tokenFile());
        } catch (K3sTokenException e) {
            throw new ConfigurationException("lb.discovery.k3s.token-file: " + e.getMessage());
        }
    }

    /**
     * Makes sure that there is somebody to begin with.
     *
     * @param seeds that are configured or remembered
     * @throws ConfigurationException if there is not
     */
    void requireSeed(List<SeedUrl> seeds) {
        if (properties.kind() == LbProperties.DiscoveryKind.K3S && seeds.isEmpty()) {
            throw new ConfigurationException("lb.server-url: is missing, but needed with lb.discovery.kind=k3s");
        }
    }

    private static void requireHttps(SeedUrl seed) {
        if (seed.text().regionMatches(true, 0, "http://", 0, "http://".length())) {
            throw ConfigurationException.of(
                    "lb.server-url", seed.text(), "supervisors of k3s and RKE2 speak https only");
        }
    }

    private Path tokenFile() {
        return Objects.requireNonNull(properties.k3s().tokenFile(), "the blueprint has seen to it");
    }

    private static ClusterCredentials credentials(Blueprint blueprint, InstantSource clock, LongSupplier nanoTime) {
        LbProperties properties = blueprint.properties();
        return new ClusterCredentials(
                new ClusterCredentials.Settings(
                        properties.discovery().kubeconfig(),
                        properties.discovery().context(),
                        properties.check().serverName()),
                ClusterCredentials.Surroundings.ofThisProcess(),
                clock,
                nanoTime);
    }

    private static SeedUrl read(ClusterCredentials credentials, String property) {
        try {
            return credentials.server();
        } catch (CredentialsException e) {
            throw new ConfigurationException(property + ": " + e.getMessage());
        }
    }

    /** Whose credentials the cluster is asked with, if there are such, and where they say that it is; in words. */
    Optional<String> credentials() {
        return Optional.ofNullable(credentials)
                .map(found -> found.origin() + ", for "
                        + Objects.requireNonNull(namedByCredentials).text());
    }

    /** Which servers it has. */
    boolean asksTheCluster() {
        return properties.kind() != LbProperties.DiscoveryKind.NONE;
    }

    /** Whether anything asks through the balancer's own way to the servers. */
    boolean needsGateway() {
        return asksTheCluster() || reviewsCallers;
    }

    /** What the pool begins with, once the seeds stand for API servers that can be asked. */
    ServerPool.Memory complete(ServerPool.Memory memory) {
        Membership saved = memory.membership();
        List<ServerAddress> discovered =
                asksTheCluster() ? blueprint.discovered().apply(saved.discovered()) : saved.discovered();
        Membership membership = new Membership(seeds(saved.seeds()), saved.managed(), discovered, saved.resolved());
        return new ServerPool.Memory(memory.version(), membership, memory.remembered());
    }

    private List<SeedUrl> seeds(List<SeedUrl> known) {
        return switch (properties.kind()) {
            case NONE -> known;
            case K3S -> blueprint.supervisorPorts().seeds(known);
            case KUBERNETES -> blueprint.seeds().isEmpty() ? withNamedByCredentials(known) : known;
        };
    }

    /** The address in the credentials may be newer than that of the last life, and the other way round. */
    private List<SeedUrl> withNamedByCredentials(List<SeedUrl> known) {
        SeedUrl named = Objects.requireNonNull(namedByCredentials);
        return Stream.concat(Stream.of(named), known.stream().filter(url -> !url.sameServer(named)))
                .toList();
    }

    /** How servers are checked. */
    Checker.Settings checker(List<SeedUrl> seeds) {
        return switch (properties.kind()) {
            case NONE, KUBERNETES -> blueprint.checker();
            case K3S -> blueprint.checker().with(blueprint.supervisorPorts().check(seeds));
        };
    }

    /**
     * What asks, not started.
     *
     * @param gateway leads to a server of the balancer's choice
     */
    Discovery source(
            ServerPool pool,
            Supplier<Optional<InetSocketAddress>> gateway,
            InstantSource clock,
            LongSupplier nanoTime,
            RandomGenerator random,
            Events events) {
        return switch (properties.kind()) {
            case NONE -> throw new IllegalStateException("nobody is to be asked");
            case K3S ->
                new K3sDiscovery(
                        supervisors(pool.list().membership().seeds()),
                        blueprint.discovered(),
                        properties.debounce(),
                        gateway,
                        pool,
                        clock,
                        nanoTime,
                        random,
                        events);
            case KUBERNETES ->
                new KubernetesDiscovery(
                        Objects.requireNonNull(credentials),
                        gateway,
                        blueprint.discovered(),
                        properties.debounce(),
                        pool,
                        random,
                        clock,
                        nanoTime,
                        events);
        };
    }

    /**
     * What asks who callers are, if that is wanted.
     *
     * @param gateway leads to a server of the balancer's choice
     */
    @Nullable
    CallerReviews reviews(
            Supplier<Optional<InetSocketAddress>> gateway, InstantSource clock, LongSupplier nanoTime, Events events) {
        return reviewsCallers
                ? new CallerReviews(
                        Objects.requireNonNull(credentials),
                        gateway,
                        clock,
                        nanoTime,
                        words -> events.record(Event.Type.ACCESS, Event.Severity.WARN, "kubernetes-auth", words))
                : null;
    }

    private K3sDiscovery.Settings supervisors(List<SeedUrl> seeds) {
        LbProperties.K3s k3s = properties.k3s();
        return new K3sDiscovery.Settings(tokenFile(), k3s.program(), seeds, k3s.supervisorPort());
    }
}
