package io.apiserverlb.proxy;

import static io.apiserverlb.pool.OneLine.quoted;

import io.netty.util.NetUtil;
import java.net.Inet4Address;
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
    private static final String LOCALHOST = "localhost";

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
        if (host.equals(LOCALHOST)) {
            return new ListenAddress(text, List.of(socket("127.0.0.1", port), socket("::1", port)));
        }
        boolean brackets = host.startsWith("[") && host.endsWith("]");
        String literal = brackets ? host.substring(1, host.length() - 1) : host;
        if (brackets ? !NetUtil.isValidIpV6Address(literal) : !NetUtil.isValidIpV4Address(literal)) {
            throw new IllegalArgumentException(
                    quoted(text) + " does not begin with an IP address (IPv6 in brackets) or localhost");
        }
        return new ListenAddress(text, List.of(socket(literal, port)));
    }

    /** What clients on this host name to connect to it: that, or the loopback address if it is all addresses. */
    public String host() {
        if (sockets.size() > 1) {
            return LOCALHOST;
        }
        InetAddress ip = sockets.get(0).getAddress();
        InetAddress named =
                !ip.isAnyLocalAddress() ? ip : ip instanceof Inet4Address ? NetUtil.LOCALHOST4 : NetUtil.LOCALHOST6;
        return NetUtil.toAddressString(named);
    }

    private static int port(String text, int colon) {
        String port = text.substring(colon + 1);
        boolean digits = colon >= 0 && port.matches("[0-9]{1,5}");
        if (!digits || Integer.parseInt(port) > 65_535) {
            throw new IllegalArgumentException(quoted(text) + " does not end in a port between 0 and 65535");
        }
        return Integer.parseInt(port);
    }

    private static InetSocketAddress socket(String literal, int port) {
        InetAddress address = NetUtil.createInetAddressFromIpAddressString(literal);
        return new InetSocketAddress(address, port);
    }
}
