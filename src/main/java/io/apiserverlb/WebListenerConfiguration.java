package io.apiserverlb;

import io.apiserverlb.handover.SharedProtocol;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextType;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;

/**
 * Has the web servers listen on sockets that can be handed over, where that is wanted.
 *
 * <p>Loaded twice where Actuator has a port of its own: into the application's context, and into that of its port.
 */
@ManagementContextConfiguration(value = ManagementContextType.CHILD, proxyBeanMethods = false)
class WebListenerConfiguration {
    @Bean
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> sharedSockets(ObjectProvider<Upgrade> upgrades) {
        return factory -> upgrades.ifAvailable(upgrade -> {
            if (upgrade.sharesSockets()) {
                factory.setProtocol(SharedProtocol.class.getName());
                factory.addProtocolHandlerCustomizers(
                        (SharedProtocol protocol) -> protocol.use(upgrade.webListeners()));
            }
        });
    }
}
