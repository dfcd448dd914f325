package io.apiserverlb.api;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextType;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import tools.jackson.databind.json.JsonMapper;

/**
 * Bounds what each caller of the web servers takes of the heap, on the application's port and on Actuator's.
 *
 * <p>Loaded twice, as {@link AccessConfiguration} is.
 */
@ManagementContextConfiguration(value = ManagementContextType.CHILD, proxyBeanMethods = false)
class CallConfiguration {
    /** Of each connection, in and out: 8 KiB each by default. */
    private static final String BUFFER = "2048";
    /** How much of what connections and requests have used is kept for the next ones. */
    private static final String KEPT = "16";

    @Bean
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> smallBuffers() {
        return factory -> factory.addConnectorCustomizers(connector -> {
            connector.setProperty("socket.appReadBufSize", BUFFER);
            connector.setProperty("socket.appWriteBufSize", BUFFER);
            connector.setProperty("socket.bufferPool", KEPT);
            connector.setProperty("processorCache", KEPT);
        });
    }

    /** With one limit for all calls of a port. */
    @Bean
    TomcatSettings tomcatSettings(
            JsonMapper json,
            CallerLimits limits,
            @Value("${management.endpoints.web.base-path:/actuator}") String actuator) {
        long heap = Runtime.getRuntime().maxMemory();
        return new TomcatSettings(json, () -> new CallLimit(limits, actuator + "/health", heap));
    }
}
