package io.apiserverlb;

import java.time.Duration;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.context.ApplicationContext;
import org.springframework.context.SmartLifecycle;

/**
 * Stops the balancer before everything else of the application, the web server included, so that health and list can be asked while
 * sessions end. It is started before everything else too, by {@link LoadBalancerInitializer}.
 */
final class LoadBalancerLifecycle implements SmartLifecycle {
    private final LoadBalancer balancer;
    private final Upgrade upgrade;
    private final ServiceManager manager;
    private final ApplicationContext context;

    LoadBalancerLifecycle(LoadBalancer balancer, Upgrade upgrade, ServiceManager manager, ApplicationContext context) {
        this.balancer = balancer;
        this.upgrade = upgrade;
        this.manager = manager;
        this.context = context;
    }

    @Override
    public void start() {
        // It has been running since before the application's beans were made.
    }

    @Override
    public void stop() {
        manager.stopping();
        AvailabilityChangeEvent.publish(context, ReadinessState.REFUSING_TRAFFIC);
        if (!upgrade.isLeft()) {
            serveOn(balancer.blueprint().properties().shutdown().grace());
        }
        upgrade.close(balancer);
        balancer.stop();
    }

    /** Time for those who watch readiness to send their clients elsewhere. */
    private static void serveOn(Duration grace) {
        try {
            Thread.sleep(grace.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return balancer.isRunning();
    }
}
