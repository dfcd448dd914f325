package io.apiserverlb;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.SocketException;
import java.net.UnknownHostException;

/**
 * Where a web server listens, by the properties {@code address} and {@code port} below a prefix.
 *
 * @param prefix {@code server}, or {@code management.server} for Actuator's own
 * @param host as configured
 * @param ip what it stands for
 */
record WebAddress(String prefix, String host, InetAddress ip, int port) {
    private static final int MAX_PORT = 65_535;

    /**
     * Reads them.
     *
     * @throws ConfigurationException if the host has no address
     */
    static WebAddress of(String prefix, String host, int port) {
        return new WebAddress(prefix, host, ip(prefix + ".address", host), port);
    }

    /**
     * Reads a port.
     *
     * @param least 0, or what stands for no port
     */
    static int port(String property, String text, int least, String allowed) {
        int port = text.matches("-?\\d{1,5}") ? Integer.parseInt(text) : Integer.MAX_VALUE;
        if (port < least || port > MAX_PORT) {
            throw ConfigurationException.of(property, text, allowed);
        }
        return port;
    }

    private static InetAddress ip(String property, String host) {
        try {
            if (!host.isBlank()) {
                return InetAddress.getByName(host);
            }
        } catch (UnknownHostException e) {
            // Nobody has it, then.
        }
        throw noneOfThisHost(property, host);
    }

    private static ConfigurationException noneOfThisHost(String property, String host) {
        return ConfigurationException.of(property, host, "it must be an address of this host");
    }

    /**
     * Makes sure that a server can listen there on this host.
     *
     * @throws ConfigurationException if none can
     */
    void requireOfThisHost() {
        if (!isOfThisHost(ip)) {
            throw noneOfThisHost(prefix + ".address", host);
        }
    }

    private static boolean isOfThisHost(InetAddress ip) {
        try {
            return ip.isAnyLocalAddress()
                    || ip.isLoopbackAddress()
                    || NetworkInterface.getByInetAddress(ip) != null
                    || canBeBound(ip);
        } catch (SocketException e) {
            return true; // no interface can be listed at the moment
        }
    }

    /** Linux may be told to let processes listen where an address is still to come: {@code ip_nonlocal_bind}. */
    private static boolean canBeBound(InetAddress ip) {
        try (ServerSocket socket = new ServerSocket(0, 1, ip)) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    InetSocketAddress socket() {
        return new InetSocketAddress(ip, port);
    }

    /** All on which nobody else can listen beside it: the JDK's all addresses of IPv4 are those of IPv6 as well. */
    InetSocketAddress occupied() {
        return ip.isAnyLocalAddress() ? new InetSocketAddress("::", port) : socket();
    }

    @Override
    public String toString() {
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }
}
