package io.apiserverlb.pool;

import static io.apiserverlb.pool.OneLine.quoted;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** IP addresses as text, IPv6 in the form of RFC 5952, which the JDK does not write. */
final class IpText {
    private static final Pattern IPV4 =
            Pattern.compile("(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)(\\.(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)){3}");
    private static final int GROUPS = 8;

    private IpText() {}

    static boolean isIpv4(String text) {
        return IPV4.matcher(text).matches();
    }

    /**
     * Reads an IP address; one that is IPv4 in IPv6 is read as the IPv4 address.
     *
     * @return null for what does not look like one, such as a host name
     * @throws InvalidAddressException for one that is faulty, or has a zone
     */
    static @Nullable InetAddress parse(String text) {
        if (text.indexOf('%') >= 0) {
            throw new InvalidAddressException(quoted(text) + ": an address with a zone has a meaning on one host only");
        }
        boolean ipv6 = text.indexOf(':') >= 0;
        String dotted = text.substring(text.lastIndexOf(':') + 1);
        boolean ipv4 = isIpv4(dotted);
        if (!ipv6 && !ipv4) {
            return null;
        }
        // The JDK reads 010 at the end of an IPv6 address as 10, others as 8.
        if (dotted.indexOf('.') >= 0 && !ipv4) {
            throw new InvalidAddressException(quoted(text) + " is not an IP address");
        }
        try {
            // In brackets the JDK takes an IPv6 literal or refuses; it never asks a name server.
            return InetAddress.getByName(ipv6 ? "[" + text + "]" : text);
        } catch (UnknownHostException e) {
            throw new InvalidAddressException(quoted(text) + " is not an IP address", e);
        }
    }

    static String of(InetAddress address) {
        return address instanceof Inet6Address ? ipv6(address.getAddress()) : address.getHostAddress();
    }

    private static String ipv6(byte[] bytes) {
        int[] groups = new int[GROUPS];
        for (int i = 0; i < GROUPS; i++) {
            groups[i] = ((bytes[2 * i] & 0xff) << 8) | (bytes[2 * i + 1] & 0xff);
        }
        int gapStart = -1;
        int gapLength = 1; // RFC 5952 4.2.2: a single zero group is not shortened
        for (int i = 0; i < GROUPS; i++) {
            int length = zeroesFrom(groups, i);
            if (length > gapLength) {
                gapStart = i;
                gapLength = length;
            }
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < GROUPS; i++) {
            if (i == gapStart) {
                text.append("::");
                i += gapLength - 1;
            } else {
                boolean first = text.isEmpty() || text.charAt(text.length() - 1) == ':';
                text.append(first ? "" : ":").append(Integer.toHexString(groups[i]));
            }
        }
        return text.toString();
    }

    private static int zeroesFrom(int[] groups, int start) {
        int end = start;
        while (end < GROUPS && groups[end] == 0) {
            end++;
        }
        return end - start;
    }
}
