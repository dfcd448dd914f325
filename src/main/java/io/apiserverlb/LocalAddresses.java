package io.apiserverlb;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** This host's own IP addresses, as of the latest {@link #refresh}; safe for use by any thread. */
final class LocalAddresses implements Predicate<InetAddress> {
    private volatile Set<InetAddress> addresses = Set.of();

    LocalAddresses() {
        refresh();
    }

    void refresh() {
        try {
            addresses = NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .collect(Collectors.toUnmodifiableSet());
        } catch (SocketException e) {
            // No interface can be listed at the moment: what was known of them is the best guess.
        }
    }

    @Override
    public boolean test(InetAddress address) {
        return address.isLoopbackAddress() || addresses.contains(address);
    }
}
