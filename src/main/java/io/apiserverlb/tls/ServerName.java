package io.apiserverlb.tls;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** The two kinds of names a server has: DNS names and IP addresses. Nothing here is ever resolved. */
final class ServerName {

    private static final Pattern LABEL = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");
    private static final Pattern DECIMAL_BYTE = Pattern.compile("0|[1-9][0-9]{0,2}");

    private ServerName() {}

    /** The name in lower case without the dot of the root, if it is a DNS host name (RFC 1123). */
    static Optional<String> dns(String name) {
        String plain = withoutRootDot(name.toLowerCase(Locale.ROOT));
        String[] labels = plain.split("\\.", -1);
        for (String label : labels) {
            if (!LABEL.matcher(label).matches()) {
                return Optional.empty();
            }
        }
        // The last label of a host name is never a number (RFC 3696), which keeps 10.0.0.1 and 10.0.0.256 out.
        boolean number = labels[labels.length - 1].chars().allMatch(Character::isDigit);
        return plain.length() > 253 || number ? Optional.empty() : Optional.of(plain);
    }

    static String withoutRootDot(String name) {
        return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    }

    /** The address, if this is an IPv4 or IPv6 literal; an IPv6 one with or without brackets. */
    static Optional<InetAddress> ip(String name) {
        String literal = name.startsWith("[") && name.endsWith("]") ? name.substring(1, name.length() - 1) : name;
        boolean ipv6 = literal.contains(":");
        if (literal.contains("%") || (!ipv6 && !isIpv4(literal))) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.getByName(ipv6 ? "[" + literal + "]" : literal));
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }

    /** What the JDK does not take for a literal it asks DNS for; brackets rule that out for IPv6, this for IPv4. */
    private static boolean isIpv4(String literal) {
        String[] bytes = literal.split("\\.", -1);
        if (bytes.length != 4) {
            return false;
        }
        for (String part : bytes) {
            if (!DECIMAL_BYTE.matcher(part).matches() || Integer.parseInt(part) > 255) {
                return false;
            }
        }
        return true;
    }
}
