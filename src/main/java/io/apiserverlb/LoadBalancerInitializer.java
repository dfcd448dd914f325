package io.apiserverlb;

import io.apiserverlb.api.ClusterReviews;
import io.apiserverlb.demo.DemoCluster;
import java.time.Duration;
import java.util.Map;
import org.springframework.boot.context.event.ApplicationFailedEvent;
import org.springframework.boot.context.event.ApplicationStartedEvent;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ApplicationListener;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.Profiles;

/**
 * Starts the balancer as soon as there is a configuration, long before the web server: clients do not wait for what they do not use.
 *
 * <p>It becomes a bean of the application, which stops it.
 */
final class LoadBalancerInitializer implements ApplicationContextInitializer<GenericApplicationContext> {
    private static final String STOP_TIMEOUT = "spring.lifecycle.timeout-per-shutdown-phase";
    private static final Duration STOP_SLACK = Duration.ofSeconds(10);

    @Override
    public void initialize(GenericApplicationContext context) {
        AsyncLogging.install();
        ConfigurableEnvironment environment = context.getEnvironment();
        if (environment.acceptsProfiles(Profiles.of("demo"))) {
            DemoCluster cluster = Demo.start(environment);
            context.registerBean(DemoCluster.class, () -> cluster);
        }
        StartPlan plan = StartPlan.of(environment);
        LbProperties properties = plan.properties();
        Blueprint blueprint = plan.blueprint();
        allowTimeToStop(environment, properties.shutdown());

        InheritedSockets inherited = InheritedSockets.ofSystemd(
                System.getenv(), ProcessHandle.current().pid());
        inherited.expect(
                blueprint.frontend().listen(),
                plan.web().addresses().stream().map(WebAddress::socket).toList());
        blueprint.refuseOnlyWhereAlone(!inherited.isEmpty());
        Upgrade upgrade = Upgrade.begin(properties, inherited);
        LoadBalancer balancer = new LoadBalancer(blueprint, NodeName.get(), upgrade.state());
        balancer.start(inherited::take, upgrade.isWaiting());
        context.registerBean(LoadBalancer.class, () -> balancer);
        balancer.gateway()
                .reviews()
                .ifPresent(reviews -> context.registerBean(ClusterReviews.class, () -> new Reviews(reviews)));
        context.registerBean(Upgrade.class, () -> upgrade);
        context.addApplicationListener(
                (ApplicationListener<ApplicationStartedEvent>) all -> upgrade.complete(balancer));
        ServiceManager manager = tellServiceManager(balancer);
        context.registerBean(ServiceManager.class, () -> manager);
        context.addApplicationListener((ApplicationListener<ApplicationFailedEvent>) failed -> {
            upgrade.close(balancer);
            balancer.stop();
        });
    }

    private static ServiceManager tellServiceManager(LoadBalancer balancer) {
        ServiceManager manager =
                ServiceManager.of(System.getenv(), ProcessHandle.current().pid(), balancer.events());
        manager.ready(balancer::sinceLastTurn);
        balancer.pool().subscribe(manager::show);
        return manager;
    }

    private static void allowTimeToStop(ConfigurableEnvironment environment, LbProperties.Shutdown shutdown) {
        Duration needed = shutdown.grace().plus(shutdown.drain()).plus(STOP_SLACK);
        environment
                .getPropertySources()
                .addLast(new MapPropertySource("lbShutdown", Map.of(STOP_TIMEOUT, needed.toMillis() + "ms")));
    }
}
