package io.apiserverlb.proxy;

import io.apiserverlb.pool.Cidr;
import java.net.InetAddress;
import java.util.List;

/**
 * Which clients may have a session, and how many.
 *
 * @param allow if not empty, only these
 * @param deny not these, allowed or not
 * @param maxConnections sessions of one client's address at a time; 0: as many as it likes
 */
public record ClientRules(List<Cidr> allow, List<Cidr> deny, int maxConnections) {
    public ClientRules {
        allow = List.copyOf(allow);
        deny = List.copyOf(deny);
        if (maxConnections < 0) {
            throw new IllegalArgumentException("the connections of a client must not be negative");
        }
    }

    boolean allows(InetAddress client) {
        return !denies(client) && (allow.isEmpty() || anyContains(allow, client));
    }

    boolean denies(InetAddress client) {
        return anyContains(deny, client);
    }

    private static boolean anyContains(List<Cidr> ranges, InetAddress client) {
        return ranges.stream().anyMatch(range -> range.contains(client));
    }
}
