package io.apiserverlb.actuate;

import io.apiserverlb.pool.DiscoveryStatus;
import io.apiserverlb.pool.ServerPool;
import io.apiserverlb.pool.SessionView;
import io.apiserverlb.pool.StateStatus;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.micrometer.metrics.autoconfigure.MeterRegistryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * The beans of health and metrics. A health component is called as its bean is without {@code HealthIndicator} or {@code
 * HealthContributor}.
 */
@Configuration(proxyBeanMethods = false)
final class ActuateConfiguration {

    /** Boot's aggregator and its mapper to HTTP codes, for the whole answer and for every group. */
    @Bean
    HealthStatuses healthStatuses() {
        return new HealthStatuses();
    }

    @Bean
    CompositeHealthContributor apiServersHealthContributor(ServerPool pool, HealthStatuses statuses) {
        return new ApiServersHealth(pool, statuses);
    }

    @Bean
    HealthIndicator servingHealthIndicator(SessionView sessions, ServerPool pool) {
        return new ServingHealth(sessions, pool);
    }

    @Bean
    HealthIndicator listenersHealthIndicator(SessionView sessions) {
        return () -> (sessions.listeners().isEmpty() ? Health.down() : Health.up())
                .withDetail(
                        "listeners",
                        sessions.listeners().stream().map(String::valueOf).toList())
                .build();
    }

    @Bean
    HealthIndicator eventLoopsHealthIndicator(Liveness liveness) {
        return new EventLoopsHealth(liveness);
    }

    @Bean
    HealthIndicator stateFileHealthIndicator(Supplier<StateStatus> state) {
        return new StateFileHealth(state);
    }

    @Bean
    HealthIndicator discoveryHealthIndicator(Supplier<DiscoveryStatus> discovery) {
        return new DiscoveryHealth(discovery);
    }

    @Bean
    MeterRegistryCustomizer<PrometheusMeterRegistry> prometheusNames() {
        return registry -> registry.config()
                .namingConvention(new PrometheusNames(registry.config().namingConvention()));
    }

    /** Not for anybody else: Boot would take it for the application's executor. */
    @Bean(defaultCandidate = false, destroyMethod = "shutdown")
    ExecutorService metricsExecutor() {
        // Lists go on to be published while the context closes: what comes too late is dropped.
        return new ThreadPoolExecutor(
                1,
                1,
                0,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                ActuateConfiguration::thread,
                new ThreadPoolExecutor.DiscardPolicy());
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "lb-metrics");
        thread.setDaemon(true);
        return thread;
    }

    @Bean
    ServerMetrics serverMetrics(
            MeterRegistry registry,
            MetricsSettings settings,
            ServerPool pool,
            @Qualifier("metricsExecutor") Executor executor) {
        return new ServerMetrics(registry, settings, pool, executor);
    }

    @Bean
    BalancerMetrics balancerMetrics(
            MeterRegistry registry,
            MetricsSettings settings,
            ServerPool pool,
            SessionView sessions,
            Supplier<StateStatus> state,
            Supplier<DiscoveryStatus> discovery) {
        return new BalancerMetrics(registry, settings, pool, sessions, state, discovery);
    }
}
