package io.apiserverlb.api;

import java.time.Duration;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.support.DefaultLifecycleProcessor;
import org.springframework.stereotype.Component;

/**
 * Has the web server not wait for long for its last requests at stop: they take moments.
 *
 * <p>But for a stream whose client takes nothing, a page on a sleeping laptop say. Tomcat writes to it for a minute, and nobody can stop that.
 */
@Component
final class StopPatience {
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    StopPatience(DefaultLifecycleProcessor lifecycle) {
        lifecycle.setTimeoutForShutdownPhase(WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE, PATIENCE.toMillis());
    }
}
