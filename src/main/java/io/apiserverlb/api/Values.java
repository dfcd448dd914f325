package io.apiserverlb.api;

import io.apiserverlb.pool.AdminState;
import io.apiserverlb.pool.OneLine;
import io.apiserverlb.pool.ServerAddress;
import io.apiserverlb.pool.Setting;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** How the values of the API are written; each reader throws {@link IllegalArgumentException} with the reason. */
final class Values {
    /** Where API servers listen, unless they are k3s' on its supervisor's port. */
    private static final int DEFAULT_PORT = 6443;

    private static final int MAX_PERCENT = 100;

    private Values() {}

    static String text(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static Instant time(Instant at) {
        return at.truncatedTo(ChronoUnit.MILLIS);
    }

    static ServerAddress address(String text) {
        return ServerAddress.parse(text, DEFAULT_PORT);
    }

    static ServerAddress address(JsonNode node) {
        if (!node.isString()) {
            throw refused("an address is a string such as \"10.0.0.1:6443\"", node);
        }
        return address(node.stringValue());
    }

    /** The address of a caller as the web server writes it, which tells the zone of a link-local one. */
    static InetAddress caller(String ip) {
        return ip(ip.split("%", 2)[0]);
    }

    /** An IP address, not a name, which would have to be resolved. */
    static InetAddress ip(String text) {
        return new ServerAddress(text, 1)
                .ip()
                .orElseThrow(() -> new IllegalArgumentException(OneLine.quoted(text) + " is no IP address"));
    }

    static String text(InetAddress ip) {
        if (ip.isAnyLocalAddress()) {
            return ip instanceof Inet6Address ? "::" : "0.0.0.0";
        }
        String withoutZone = ip.getHostAddress().split("%", 2)[0];
        return new ServerAddress(withoutZone, 1).host();
    }

    static String text(InetSocketAddress address) {
        String ip = text(address.getAddress());
        return (ip.indexOf(':') < 0 ? ip : "[" + ip + "]") + ":" + address.getPort();
    }

    static Integer weight(JsonNode node) {
        boolean whole = node.isIntegralNumber() && node.canConvertToInt();
        if (!whole || node.intValue() < 0 || node.intValue() > Setting.MAX_WEIGHT) {
            throw refused("a weight is a whole number between 0 and " + Setting.MAX_WEIGHT, node);
        }
        return node.intValue();
    }

    static Integer percent(JsonNode node) {
        boolean whole = node.isIntegralNumber() && node.canConvertToInt();
        if (!whole || node.intValue() < 1 || node.intValue() > MAX_PERCENT) {
            throw refused("a percentage is a whole number between 1 and " + MAX_PERCENT, node);
        }
        return node.intValue();
    }

    static AdminState admin(JsonNode node) {
        return Arrays.stream(AdminState.values())
                .filter(state -> node.isString() && text(state).equals(node.stringValue()))
                .findFirst()
                .orElseThrow(() -> refused(
                        "admin is one of "
                                + Arrays.stream(AdminState.values())
                                        .map(Values::text)
                                        .collect(Collectors.joining(", ")),
                        node));
    }

    private static IllegalArgumentException refused(String rule, JsonNode node) {
        return new IllegalArgumentException(rule + ", not " + OneLine.excerpt(node.toString()));
    }
}
