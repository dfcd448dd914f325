package io.apiserverlb.proxy;

import io.apiserverlb.pool.ConnectFailure;
import io.apiserverlb.pool.ServerAddress;
import io.netty.channel.ConnectTimeoutException;
import java.net.NoRouteToHostException;
import java.util.Locale;
import java.util.Map;

/**
 * One attempt that failed.
 *
 * @param detail the kernel's words for it
 */
record DialFailure(ServerAddress server, ConnectFailure reason, String detail) {
    /** What the kernel says, as it stands in the messages of both transports. */
    private static final Map<String, ConnectFailure> BY_MESSAGE = Map.of(
            "connection refused", ConnectFailure.REFUSED,
            "connection reset", ConnectFailure.RESET,
            "connection timed out", ConnectFailure.TIMEOUT,
            "no route to host", ConnectFailure.UNREACHABLE,
            "network is unreachable", ConnectFailure.UNREACHABLE,
            "host is down", ConnectFailure.UNREACHABLE,
            "network is down", ConnectFailure.UNREACHABLE);

    static DialFailure of(ServerAddress server, Throwable cause) {
        if (cause instanceof ConnectTimeoutException) {
            return new DialFailure(server, ConnectFailure.TIMEOUT, "no answer");
        }
        if (cause instanceof NoRouteToHostException) { // without the kernel's words
            return new DialFailure(server, ConnectFailure.UNREACHABLE, "no route to host");
        }
        Throwable root = cause;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String message = String.valueOf(root.getMessage()).toLowerCase(Locale.ROOT);
        return BY_MESSAGE.entrySet().stream()
                .filter(entry -> message.contains(entry.getKey()))
                .findFirst()
                .map(entry -> new DialFailure(server, entry.getValue(), entry.getKey()))
                // No descriptor, port or buffer left, or forbidden: nothing that another server could help with.
                .orElseGet(() -> new DialFailure(server, ConnectFailure.LOCAL, message));
    }

    @Override
    public String toString() {
        return server + " " + detail;
    }
}
