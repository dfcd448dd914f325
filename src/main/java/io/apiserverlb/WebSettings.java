package io.apiserverlb;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * The web side's address, port and TLS, which Spring would only look at when everything else has been made.
 *
 * @param tls empty: plain HTTP
 * @param asksForCertificates whether callers of one of the ports may, or must, show a certificate
 */
record WebSettings(String address, int port, Optional<WebTls> tls, boolean asksForCertificates) {
    private static final int MAX_PORT = 65_535;
    private static final String MANAGEMENT_TLS = "management.server.ssl";

    /**
     * Reads {@code server.address}, {@code server.port}, {@code server.ssl}, and proves {@code management.server.ssl}.
     *
     * @throws ConfigurationException if nobody can be served by them
     */
    static WebSettings of(ConfigurableEnvironment environment) {
        String address = address(environment);
        int port = port(environment);
        Optional<WebTls> tls = WebTls.of(environment, "server.ssl");
        Optional<WebTls> managementTls = WebTls.of(environment, MANAGEMENT_TLS);
        if (managementTls.isPresent() && !hasManagementPort(environment, port)) {
            throw new ConfigurationException(
                    MANAGEMENT_TLS + " is for a port of Actuator's own: set management.server.port, or server.ssl");
        }
        boolean asks = Stream.concat(tls.stream(), managementTls.stream()).anyMatch(WebTls::asksForCertificates);
        return new WebSettings(address, port, tls, asks);
    }

    private static String address(ConfigurableEnvironment environment) {
        String address = environment.getProperty("server.address", "127.0.0.1");
        try {
            InetAddress.getAllByName(address);
        } catch (UnknownHostException e) {
            throw ConfigurationException.of("server.address", address, "it must be an address of this host");
        }
        return address;
    }

    private static int port(ConfigurableEnvironment environment) {
        String port = environment.getProperty("server.port", "8080");
        if (!port.matches("\\d{1,5}") || Integer.parseInt(port) > MAX_PORT) {
            throw ConfigurationException.of("server.port", port, "it must be between 0 and " + MAX_PORT);
        }
        return Integer.parseInt(port);
    }

    private static boolean hasManagementPort(ConfigurableEnvironment environment, int port) {
        Integer own = environment.getProperty("management.server.port", Integer.class);
        return own != null && own >= 0 && (own != port || own == 0);
    }

    /** Where the web servers will listen, Actuator's own included. */
    static Set<InetSocketAddress> sockets(ConfigurableEnvironment environment) {
        int port = port(environment);
        Set<InetSocketAddress> sockets = new HashSet<>();
        sockets.add(new InetSocketAddress(address(environment), port));
        if (hasManagementPort(environment, port)) {
            int own = environment.getRequiredProperty("management.server.port", Integer.class);
            String address = environment.getProperty("management.server.address");
            sockets.add(address == null ? new InetSocketAddress(own) : new InetSocketAddress(address, own));
        }
        return sockets;
    }

    /** Where a caller on this host finds it. */
    URI uri(String path) {
        boolean wildcard = address.equals("0.0.0.0") || address.equals("::");
        String reachable = wildcard ? "127.0.0.1" : address;
        String host = reachable.indexOf(':') < 0 ? reachable : "[" + reachable + "]";
        return URI.create(scheme() + "://" + host + ":" + port + path);
    }

    /** {@code http}, or {@code https}. */
    String scheme() {
        return tls.isPresent() ? "https" : "http";
    }
}
