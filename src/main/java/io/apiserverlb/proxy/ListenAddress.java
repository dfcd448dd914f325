package io.apiserverlb.proxy;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * Where to accept clients: an IP address or {@code localhost}, and a port.
 *
 * @param text as configured
 * @param sockets what to bind; {@code localhost} is 127.0.0.1 and ::1
 */
public record ListenAddress(String text, List<InetSocketAddress> sockets) {

    public ListenAddress {
        sockets = List.copyOf(sockets);
    }

    /**
     * Reads {@code address:port}, an IPv6 address in brackets; port 0 takes a free one.
     *
     * @throws IllegalArgumentException with the reason in words
     */
    public static ListenAddress parse(String text) {
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? text : text.substring(0, colon);
        int port = port(text, colon);
        if (host.equals("localhost")) {
            return new ListenAddress(text, List.of(socket("127.0.0.1", port), socket("::1", port)));
        }
        boolean brackets = host.startsWith("[") && host.endsWith("]");
        String literal = brackets ? host.substring(1, host.length() - 1) : host;
        if (brackets ? !NetUtil.isValidIpV6Address(literal) : !NetUtil.isValidIpV4Address(literal)) {
            throw new IllegalArgumentException(
                    "'" + text + "' does not begin with an IP address (IPv6 in brackets) or localhost");
        }
        return new ListenAddress(text, List.of(socket(literal, port)));
    }

    private static int port(String text, int colon) {
        String port = text.substring(colon + 1);
        boolean digits = colon >= 0 && port.matches("[0-9]{1,5}");
        if (!digits || Integer.parseInt(port) > 65_535) {
            throw new IllegalArgumentException("'" + text + "' does not end in a port between 0 and 65535");
        }
        return Integer.parseInt(port);
    }

    private static InetSocketAddress socket(String literal, int port) {
        InetAddress address = NetUtil.createInetAddressFromIpAddressString(literal);
        return new InetSocketAddress(address, port);
    }
}
