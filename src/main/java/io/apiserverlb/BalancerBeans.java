package io.apiserverlb;

import io.apiserverlb.actuate.Liveness;
import io.apiserverlb.actuate.MetricsSettings;
import io.apiserverlb.api.AccessSettings;
import io.apiserverlb.api.Balancer;
import io.apiserverlb.api.ClusterTrust;
import io.apiserverlb.pool.CertificateWarnings;
import io.apiserverlb.pool.DiscoveryStatus;
import io.apiserverlb.pool.Events;
import io.apiserverlb.pool.ServerPool;
import io.apiserverlb.pool.SessionControl;
import io.apiserverlb.pool.SessionView;
import io.apiserverlb.pool.StateStatus;
import io.netty.util.NetUtil;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.ssl.SslBundleRegistrar;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** What the web side sees of the balancer. */
@Configuration(proxyBeanMethods = false)
class BalancerBeans {
    @Bean
    LoadBalancerLifecycle loadBalancerLifecycle(
            LoadBalancer balancer, Upgrade upgrade, ServiceManager manager, ApplicationContext context) {
        return new LoadBalancerLifecycle(balancer, upgrade, manager, context);
    }

    @Bean
    InstantSource clock() {
        return InstantSource.system();
    }

    @Bean
    ServerPool serverPool(LoadBalancer balancer) {
        return balancer.pool();
    }

    @Bean
    Events events(LoadBalancer balancer) {
        return balancer.events();
    }

    @Bean
    SessionView sessionView(LoadBalancer balancer) {
        return balancer.sessions();
    }

    @Bean
    Liveness liveness(LoadBalancer balancer) {
        return balancer::sinceLastTurn;
    }

    @Bean
    SessionControl sessionControl(LoadBalancer balancer) {
        return balancer.sessionControl();
    }

    @Bean
    Supplier<StateStatus> stateStatus(LoadBalancer balancer) {
        return balancer.state()::status;
    }

    @Bean
    Supplier<DiscoveryStatus> discoveryStatus(LoadBalancer balancer) {
        return balancer.discovery()::status;
    }

    /** Not for anybody else: Boot would take it for the application's executor. */
    @Bean(defaultCandidate = false, destroyMethod = "shutdownNow")
    ScheduledExecutorService liveExecutor() {
        return Executors.newSingleThreadScheduledExecutor(BalancerBeans::liveThread);
    }

    private static Thread liveThread(Runnable task) {
        Thread thread = new Thread(task, "lb-live");
        thread.setDaemon(true);
        return thread;
    }

    @Bean
    Balancer balancer(LoadBalancer balancer, Upgrade upgrade) {
        LbProperties properties = balancer.blueprint().properties();
        ClusterDiscovery discovery = balancer.discovery();
        return new Balancer(properties.name(), upgrade::answersFor, discovery::status, discovery::refresh);
    }

    @Bean
    ClusterTrust clusterTrust(LoadBalancer balancer) {
        return new ClusterTrust(
                balancer::addresses,
                balancer.tls()::authorities,
                balancer.blueprint().properties().check().serverName());
    }

    @Bean
    CertificateWarnings certificateWarnings(LoadBalancer balancer) {
        return balancer.warnings();
    }

    @Bean
    MetricsSettings metricsSettings(LoadBalancer balancer) {
        LbProperties properties = balancer.blueprint().properties();
        return new MetricsSettings(properties.name(), properties.metrics().k3sNames());
    }

    /** In place of Spring's, which takes whatever it is given. */
    @Bean
    DefaultSslBundleRegistry sslBundleRegistry(ObjectProvider<SslBundleRegistrar> registrars, Events events) {
        ReloadedBundles bundles = new ReloadedBundles(events);
        registrars.orderedStream().forEach(registrar -> registrar.registerBundles(bundles));
        return bundles;
    }

    @Bean
    AccessSettings accessSettings(LoadBalancer balancer, Environment environment) {
        LbProperties.Admin admin = balancer.blueprint().properties().admin();
        Set<String> hostNames = new HashSet<>(admin.hostNames());
        // Who has it listen on a name calls it by that name.
        Stream.of("server.address", "management.server.address")
                .map(environment::getProperty)
                .filter(name -> name != null && !NetUtil.isValidIpV4Address(name) && !NetUtil.isValidIpV6Address(name))
                .map(name -> name.toLowerCase(Locale.ROOT))
                .forEach(hostNames::add);
        return new AccessSettings(admin.tokenFile(), Set.copyOf(admin.clientNames()), Set.copyOf(hostNames));
    }
}
