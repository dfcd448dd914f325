package io.apiserverlb;

import io.apiserverlb.pool.ServerAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Tells the balancer's own listeners among server addresses: a session to one of them would come back for ever. */
final class OwnAddress implements Predicate<ServerAddress> {
    private final Supplier<List<InetSocketAddress>> listeners;
    private final Predicate<InetAddress> local;

    OwnAddress(Supplier<List<InetSocketAddress>> listeners, Predicate<InetAddress> local) {
        this.listeners = listeners;
        this.local = local;
    }

    @Override
    public boolean test(ServerAddress address) {
        return addresses(address)
                .anyMatch(ip -> listeners.get().stream().anyMatch(listener -> reaches(listener, ip, address.port())));
    }

    /** Any other name is told by what it resolves to, once it is resolved. */
    private static Stream<InetAddress> addresses(ServerAddress address) {
        Stream<String> hosts =
                address.host().equals("localhost") ? Stream.of("127.0.0.1", "::1") : Stream.of(address.host());
        return hosts.flatMap(host -> new ServerAddress(host, address.port()).ip().stream());
    }

    private boolean reaches(InetSocketAddress listener, InetAddress ip, int port) {
        boolean sameHost = listener.getAddress().isAnyLocalAddress()
                ? local.test(ip)
                : listener.getAddress().equals(ip);
        return listener.getPort() == port && sameHost;
    }
}
