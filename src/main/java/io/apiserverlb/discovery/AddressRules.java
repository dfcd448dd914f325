package io.apiserverlb.discovery;

import io.apiserverlb.pool.Cidr;
import io.apiserverlb.pool.ServerAddress;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which of the addresses that a cluster names are taken, and on which port.
 *
 * @param allow if there are any, an address must be in one of them
 * @param deny an address must be in none of them; wins
 * @param port in the place of the one that the cluster names, or null
 */
public record AddressRules(
        List<Cidr> allow, List<Cidr> deny, @Nullable Integer port) {
    public static final AddressRules NONE = new AddressRules(List.of(), List.of(), null);

    private static final int MAX_PORT = 65_535;

    public AddressRules {
        allow = List.copyOf(allow);
        deny = List.copyOf(deny);
        if (port != null && (port < 1 || port > MAX_PORT)) {
            throw new IllegalArgumentException("the port must be between 1 and 65535, not " + port);
        }
    }

    /** The addresses that pass, with their ports; a host name, which may stand for any address, passes only where all do. */
    public List<ServerAddress> apply(List<ServerAddress> found) {
        return found.stream()
                .filter(this::allows)
                .map(this::withPort)
                .distinct()
                .toList();
    }

    private boolean allows(ServerAddress address) {
        return address.ip().map(this::allows).orElse(allow.isEmpty() && deny.isEmpty());
    }

    private boolean allows(InetAddress address) {
        boolean allowed = allow.isEmpty() || allow.stream().anyMatch(range -> range.contains(address));
        return allowed && deny.stream().noneMatch(range -> range.contains(address));
    }

    private ServerAddress withPort(ServerAddress address) {
        return port == null ? address : new ServerAddress(address.host(), port);
    }
}
