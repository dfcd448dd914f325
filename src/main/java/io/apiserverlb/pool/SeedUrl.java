package io.apiserverlb.pool;

import static io.apiserverlb.pool.OneLine.quoted;

import java.util.Locale;

/**
 * A registration URL: the address that a node was given to join the cluster, kept for ever as the last server to try.
 *
 * @param text the URL as configured, which is what the state file holds
 * @param address its host and port; without a port 443 for https and 80 for http, without a scheme https
 * @param server the API server that it stands for: the address itself, unless something else listens there, as in RKE2
 */
public record SeedUrl(String text, ServerAddress address, ServerAddress server) {
    private static final int HTTPS_PORT = 443;
    private static final int HTTP_PORT = 80;

    /**
     * Reads a URL as k3s' {@code --server} takes it; path and query do not matter.
     *
     * @throws InvalidAddressException with the reason in words
     */
    public static SeedUrl parse(String text) {
        int separator = text.indexOf("://");
        String authority = text.substring(separator < 0 ? 0 : separator + 3).split("[/?#]", 2)[0];
        // Before anything that would quote them; where a password ends, and a path begins, is anybody's guess.
        if (text.indexOf('@') >= 0) {
            throw new InvalidAddressException("a registration URL holds no user or password");
        }
        String scheme = separator < 0 ? "https" : text.substring(0, separator).toLowerCase(Locale.ROOT);
        int port = switch (scheme) {
            case "https" -> HTTPS_PORT;
            case "http" -> HTTP_PORT;
            default -> throw new InvalidAddressException(quoted(text) + ": the scheme must be https or http");
        };
        if (authority.isEmpty()) {
            throw new InvalidAddressException(quoted(text) + " names no host");
        }
        if (!authority.startsWith("[") && authority.indexOf(':') != authority.lastIndexOf(':')) {
            throw new InvalidAddressException(quoted(text) + ": in a URL an IPv6 address stands in brackets");
        }
        ServerAddress address = ServerAddress.parse(authority, port);
        return new SeedUrl(text, address, address);
    }

    /** The same, of a host whose API server has another port. */
    public SeedUrl withServerPort(int port) {
        return new SeedUrl(text, address, new ServerAddress(address.host(), port));
    }

    /** Whether two URLs name the same server: letter case of the host, a default port and a trailing slash do not matter. */
    public boolean sameServer(SeedUrl other) {
        return address.equals(other.address);
    }
}
