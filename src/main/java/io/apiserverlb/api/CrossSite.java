package io.apiserverlb.api;

import io.apiserverlb.pool.InvalidAddressException;
import io.apiserverlb.pool.ServerAddress;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Tells the calls that a web page of another site makes through its visitor's browser, by what the browser says of them. */
final class CrossSite {
    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;
    private static final Set<String> OWN_SITE = Set.of("same-origin", "none");
    /** What is for people to look at; it cannot be framed. */
    private static final Set<String> PAGES = Set.of("/", "/index.html", "/swagger-ui.html", "/swagger-ui/index.html");

    private final Set<String> hostNames;

    /** @param hostNames names beside {@code localhost} that a connector on a loopback address goes by, in lower case */
    CrossSite(Set<String> hostNames) {
        this.hostNames = hostNames;
    }

    /** Why a call may be another site's; null if it is not. */
    @Nullable
    String reason(Call call) {
        if (call.loopback() && !isOwnName(call.host())) {
            return "the Host header names neither a loopback address nor a configured name: "
                    + (call.host() == null ? "there is none" : call.host());
        }
        if (call.origin() != null && !isOwnOrigin(call.origin(), call.host())) {
            return "the Origin header names another site: " + call.origin();
        }
        if (call.fetchSite() != null && !OWN_SITE.contains(call.fetchSite()) && !followsLink(call)) {
            return "the Sec-Fetch-Site header names another site: " + call.fetchSite();
        }
        return null;
    }

    /** A name that others can point at a loopback address would let their pages pass for ours (DNS rebinding). */
    private boolean isOwnName(@Nullable String host) {
        ServerAddress address = address(host, HTTP_PORT);
        return address != null && (isLoopback(address) || hostNames.contains(address.host()));
    }

    private static boolean isOwnOrigin(String origin, @Nullable String host) {
        boolean https = origin.startsWith("https://");
        if (!https && !origin.startsWith("http://")) {
            return false;
        }
        int defaultPort = https ? HTTPS_PORT : HTTP_PORT;
        ServerAddress from = address(origin.substring(origin.indexOf("://") + 3), defaultPort);
        ServerAddress to = address(host, defaultPort);
        return from != null
                && to != null
                && (from.equals(to) || (isLoopback(from) && isLoopback(to) && from.port() == to.port()));
    }

    /** A link to the dashboard on somebody's page is harmless: that page does not see what is shown. */
    private static boolean followsLink(Call call) {
        return PAGES.contains(call.path()) && !call.changes() && "navigate".equals(call.fetchMode());
    }

    private static boolean isLoopback(ServerAddress address) {
        return address.ip()
                .map(ip -> ip.isLoopbackAddress())
                .orElse(address.host().equals("localhost"));
    }

    private static @Nullable ServerAddress address(@Nullable String authority, int defaultPort) {
        try {
            return authority == null ? null : ServerAddress.parse(authority, defaultPort);
        } catch (InvalidAddressException e) {
            return null;
        }
    }
}
