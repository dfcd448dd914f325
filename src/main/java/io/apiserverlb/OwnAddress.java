package io.apiserverlb;

import io.apiserverlb.pool.ServerAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;

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
        return address.ip()
                .map(ip -> listeners.get().stream().anyMatch(listener -> reaches(listener, ip, address.port())))
                .orElse(false);
    }

    private boolean reaches(InetSocketAddress listener, InetAddress ip, int port) {
        boolean sameHost = listener.getAddress().isAnyLocalAddress()
                ? local.test(ip)
                : listener.getAddress().equals(ip);
        return listener.getPort() == port && sameHost;
    }
}
