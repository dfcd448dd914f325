package io.apiserverlb.api;

import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.catalina.connector.Connector;
import org.apache.coyote.AbstractProtocol;
import org.springframework.boot.tomcat.TomcatWebServer;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.stereotype.Component;

/**
 * Knows which of this process's ports only this host can reach.
 *
 * <p>Asks the web servers themselves, that of Actuator included: the address that a request was sent to says nothing about it, since a
 * wildcard connector is reached by loopback addresses, too.
 */
@Component
final class Connectors implements ApplicationListener<WebServerInitializedEvent> {
    private final Map<Integer, Boolean> loopbackByPort = new ConcurrentHashMap<>();

    @Override
    public void onApplicationEvent(WebServerInitializedEvent event) {
        if (event.getWebServer() instanceof TomcatWebServer server) {
            for (Connector connector : server.getTomcat().getService().findConnectors()) {
                loopbackByPort.put(connector.getLocalPort(), isLoopback(connector));
            }
        }
    }

    private static boolean isLoopback(Connector connector) {
        InetAddress bound =
                connector.getProtocolHandler() instanceof AbstractProtocol<?> protocol ? protocol.getAddress() : null;
        return bound != null && bound.isLoopbackAddress();
    }

    /** What the access rules look at in a request. */
    Call call(HttpServletRequest request) {
        return Call.of(request, isLoopback(request.getLocalPort()));
    }

    /** Whether the connector on this port is bound to a loopback address; one not known yet counts as if it were not. */
    private boolean isLoopback(int localPort) {
        return loopbackByPort.getOrDefault(localPort, false);
    }
}
