package io.apiserverlb;

import io.apiserverlb.api.CallerLimits;
import io.apiserverlb.handover.Callers;
import io.apiserverlb.handover.SharedProtocol;
import java.nio.channels.SocketChannel;
import java.util.Collection;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextType;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;

/**
 * Has the web servers listen on sockets that can be handed over, and bounds what their callers may take.
 *
 * <p>Loaded twice where Actuator has a port of its own: into the application's context, and into that of its port.
 */
@ManagementContextConfiguration(value = ManagementContextType.CHILD, proxyBeanMethods = false)
class WebListenerConfiguration {
    @Bean
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> sharedSockets(
            ObjectProvider<Upgrade> upgrades, CallerLimits limits) {
        return factory -> upgrades.ifAvailable(upgrade -> {
            factory.setProtocol(SharedProtocol.class.getName());
            factory.addProtocolHandlerCustomizers(
                    (SharedProtocol protocol) -> protocol.use(upgrade.webListeners(), new Bounded(limits)));
        });
    }

    private record Bounded(CallerLimits limits) implements Callers {
        @Override
        public void arrived(Collection<Caller> others) {
            limits.makeRoom(others, Caller::connection, Caller::lastHeard);
        }

        @Override
        public void served(SocketChannel caller) {
            limits.served(caller);
        }

        @Override
        public void done() {
            limits.done();
        }
    }
}
