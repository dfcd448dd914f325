package io.apiserverlb;

import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * The web side's addresses, ports and TLS, which Spring would only look at when everything else has been made.
 *
 * @param application where REST and the dashboard are
 * @param management where Actuator is, if not there
 * @param tls empty: plain HTTP
 * @param asksForCertificates whether callers of one of the ports may, or must, show a certificate
 */
record WebSettings(
        WebAddress application, Optional<WebAddress> management, Optional<WebTls> tls, boolean asksForCertificates) {
    private static final String MANAGEMENT = "management.server";
    private static final int NO_PORT = -1;

    /**
     * Reads {@code server.*} and {@code management.server.*}: {@code address}, {@code port} and {@code ssl}.
     *
     * @throws ConfigurationException if nobody can be served by them
     */
    static WebSettings of(ConfigurableEnvironment environment) {
        Section server = Section.of(environment, "server");
        int port = WebAddress.port("server.port", server.text("port", "8080"), 0, "it must be between 0 and 65535");
        WebAddress application = WebAddress.of("server", server.text("address", "127.0.0.1"), port);
        Optional<WebAddress> management = management(Section.of(environment, MANAGEMENT), port);
        Optional<WebTls> tls = WebTls.of(environment, "server.ssl");
        Optional<WebTls> managementTls = WebTls.of(environment, MANAGEMENT + ".ssl");
        if (managementTls.isPresent() && management.isEmpty()) {
            throw new ConfigurationException(
                    MANAGEMENT + ".ssl is for a port of Actuator's own: set management.server.port, or server.ssl");
        }
        boolean asks = Stream.concat(tls.stream(), managementTls.stream()).anyMatch(WebTls::asksForCertificates);
        return new WebSettings(application, management, tls, asks);
    }

    /** @param applicationPort where Actuator is unless it has another */
    private static Optional<WebAddress> management(Section management, int applicationPort) {
        String text = management.text("port", "");
        String address = management.text("address");
        int port = text.isBlank()
                ? applicationPort
                : WebAddress.port(
                        MANAGEMENT + ".port", text, NO_PORT, "it must be between 0 and 65535, or -1 for no port");
        if (port == NO_PORT) {
            return Optional.empty();
        }
        boolean own = !text.isBlank() && (port != applicationPort || port == 0);
        if (!own && address != null) {
            throw ConfigurationException.of(
                    MANAGEMENT + ".address",
                    address,
                    "it is for a port of Actuator's own: set management.server.port to another one than server.port");
        }
        return own
                ? Optional.of(WebAddress.of(MANAGEMENT, address == null ? "0.0.0.0" : address, port))
                : Optional.empty();
    }

    /** Where the web servers will listen, Actuator's own included. */
    List<WebAddress> addresses() {
        return Stream.concat(Stream.of(application), management.stream()).toList();
    }

    /** Where a caller on this host finds it. */
    URI uri(String path) {
        String reachable = application.ip().isAnyLocalAddress() ? "127.0.0.1" : application.host();
        String host = reachable.indexOf(':') < 0 ? reachable : "[" + reachable + "]";
        return URI.create(scheme() + "://" + host + ":" + application.port() + path);
    }

    /** {@code http}, or {@code https}. */
    String scheme() {
        return tls.isPresent() ? "https" : "http";
    }
}
