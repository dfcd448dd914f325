package io.apiserverlb;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.HashSet;
import java.util.Set;
import org.springframework.core.env.ConfigurableEnvironment;

/** The web side's address and port, which Spring would only look at when everything else has been made. */
record WebSettings(String address, int port) {
    private static final int MAX_PORT = 65_535;

    /**
     * Reads {@code server.address} and {@code server.port}.
     *
     * @throws ConfigurationException if they cannot be listened on
     */
    static WebSettings of(ConfigurableEnvironment environment) {
        String address = environment.getProperty("server.address", "127.0.0.1");
        String port = environment.getProperty("server.port", "8080");
        if (!port.matches("\\d{1,5}") || Integer.parseInt(port) > MAX_PORT) {
            throw ConfigurationException.of("server.port", port, "it must be between 0 and " + MAX_PORT);
        }
        try {
            InetAddress.getAllByName(address);
        } catch (UnknownHostException e) {
            throw ConfigurationException.of("server.address", address, "it must be an address of this host");
        }
        return new WebSettings(address, Integer.parseInt(port));
    }

    /** Where the web servers will listen, Actuator's own included. */
    static Set<InetSocketAddress> sockets(ConfigurableEnvironment environment) {
        WebSettings web = of(environment);
        Set<InetSocketAddress> sockets = new HashSet<>();
        sockets.add(new InetSocketAddress(web.address(), web.port()));
        Integer port = environment.getProperty("management.server.port", Integer.class);
        if (port != null && port >= 0 && port != web.port()) {
            String address = environment.getProperty("management.server.address");
            sockets.add(address == null ? new InetSocketAddress(port) : new InetSocketAddress(address, port));
        }
        return sockets;
    }
}
