package io.apiserverlb.pool;

import static io.apiserverlb.pool.InvalidAddressException.quoted;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where one API server listens: an IP literal or a host name, and a port.
 *
 * <p>Always in normal form, so that two spellings of one address are equal: IPv4 as a dotted quad, IPv6 lower case and compressed as in
 * RFC 5952, names lower case and without the final dot. Addresses no server can have (unspecified, multicast, broadcast, with a zone) are
 * refused, and names that could be taken for an IPv4 address.
 */
public final class ServerAddress implements Comparable<ServerAddress> {
    private static final Pattern LABEL = Pattern.compile("[a-zA-Z0-9_]([a-zA-Z0-9_-]{0,61}[a-zA-Z0-9_])?");
    /** By such a last label resolvers take a name for an IPv4 address in some old spelling, and do not agree on which one. */
    private static final Pattern NUMBER = Pattern.compile("[0-9]+|0[xX][0-9a-fA-F]*");

    private static final int MAX_NAME_LENGTH = 253;
    private static final String BROADCAST = "255.255.255.255";
    private static final Comparator<ServerAddress> ORDER =
            Comparator.comparing(ServerAddress::host).thenComparingInt(ServerAddress::port);

    private final String host;
    private final int port;
    private final @Nullable InetAddress ip;

    /**
     * An address from its two parts.
     *
     * @param host an IP literal without brackets, or a host name
     * @param port 1–65535
     * @throws InvalidAddressException with the reason in words
     */
    public ServerAddress(String host, int port) {
        if (port < 1 || port > 65_535) {
            throw new InvalidAddressException("the port must be between 1 and 65535, not " + port);
        }
        this.ip = literal(host);
        this.host = ip == null ? normalName(host) : IpText.of(ip);
        this.port = port;
    }

    /**
     * Reads {@code host}, {@code host:port}, {@code [v6]}, {@code [v6]:port} or a bare IPv6 address.
     *
     * @param defaultPort the port of an address that names none
     * @throws InvalidAddressException with the reason in words
     */
    public static ServerAddress parse(String text, int defaultPort) {
        if (text.isBlank() || !text.equals(text.strip())) {
            throw new InvalidAddressException(quoted(text) + " is blank or has blanks around it");
        }
        int afterHost = endOfHost(text);
        String host = text.startsWith("[") ? text.substring(1, afterHost - 1) : text.substring(0, afterHost);
        if (text.startsWith("[") && host.indexOf(':') < 0) {
            throw new InvalidAddressException(quoted(text) + ": only an IPv6 address stands in brackets");
        }
        return new ServerAddress(host, port(text, afterHost, defaultPort));
    }

    private static int endOfHost(String text) {
        if (text.startsWith("[")) {
            int bracket = text.indexOf(']');
            if (bracket < 0) {
                throw new InvalidAddressException(quoted(text) + " lacks the closing bracket");
            }
            return bracket + 1;
        }
        int colon = text.indexOf(':');
        boolean bareIpv6 = text.indexOf(':', colon + 1) >= 0;
        return colon < 0 || bareIpv6 ? text.length() : colon;
    }

    private static int port(String text, int afterHost, int defaultPort) {
        if (afterHost == text.length()) {
            return defaultPort;
        }
        String port = text.substring(afterHost + 1);
        boolean digits = !port.isEmpty() && port.length() <= 5 && port.chars().allMatch(c -> c >= '0' && c <= '9');
        if (text.charAt(afterHost) != ':' || !digits) {
            throw new InvalidAddressException(quoted(text) + " is not host:port with a port between 1 and 65535");
        }
        return Integer.parseInt(port);
    }

    private static String normalName(String host) {
        String name = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
        String[] labels = name.split("\\.", -1);
        boolean wellFormed = name.length() <= MAX_NAME_LENGTH
                && Arrays.stream(labels).allMatch(label -> LABEL.matcher(label).matches())
                && !NUMBER.matcher(labels[labels.length - 1]).matches();
        if (!wellFormed) {
            throw new InvalidAddressException(quoted(host) + " is neither an IP address nor a host name");
        }
        return name.toLowerCase(Locale.ROOT);
    }

    private static @Nullable InetAddress literal(String host) {
        InetAddress ip = IpText.parse(host);
        if (ip != null && !canBeServer(ip)) {
            throw new InvalidAddressException(quoted(host) + " is no address a server can have");
        }
        return ip;
    }

    /** Whether a server can listen at an IP address: not if it is unspecified, a multicast group or the broadcast address. */
    static boolean canBeServer(InetAddress ip) {
        return !ip.isAnyLocalAddress()
                && !ip.isMulticastAddress()
                && !ip.getHostAddress().equals(BROADCAST);
    }

    /** The IP address in the text form of {@link #toString}, or the host name. */
    public String host() {
        return host;
    }

    public int port() {
        return port;
    }

    /** The IP address; empty for a host name, which has to be resolved first. */
    public Optional<InetAddress> ip() {
        return Optional.ofNullable(ip);
    }

    /** Whether the host is a name, which stands for the addresses it resolves to. */
    public boolean isName() {
        return ip == null;
    }

    /** This server name's port on one of the addresses that the name resolves to. */
    public ServerAddress at(InetAddress ip) {
        return new ServerAddress(IpText.of(ip), port);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ServerAddress that && port == that.port && host.equals(that.host);
    }

    @Override
    public int hashCode() {
        return 31 * host.hashCode() + port;
    }

    @Override
    public int compareTo(ServerAddress other) {
        return ORDER.compare(this, other);
    }

    /** {@code host:port}, an IPv6 address in brackets. */
    @Override
    public String toString() {
        return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
    }
}
