package io.apiserverlb;

import io.apiserverlb.handover.ForeignSockets;
import io.apiserverlb.proxy.ListenAddress;
import io.netty.channel.ChannelException;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Listening sockets that others have bound, by their addresses; for any thread.
 *
 * <p>Each is used by the first who wants to listen on its address.
 */
final class InheritedSockets {
    private static final int FIRST_OF_SYSTEMD = 3;

    private final Map<InetSocketAddress, Integer> descriptors = new LinkedHashMap<>();

    /**
     * What systemd has passed on: sd_listen_fds(3).
     *
     * @throws ConfigurationException if one of them does not listen for TCP
     */
    static InheritedSockets ofSystemd(Map<String, String> environment, long pid) {
        InheritedSockets inherited = new InheritedSockets();
        String count = environment.getOrDefault("LISTEN_FDS", "0");
        if (!environment.getOrDefault("LISTEN_PID", "").equals(Long.toString(pid))) {
            return inherited; // they were for a process that has started this one
        }
        try {
            inherited.add(IntStream.range(FIRST_OF_SYSTEMD, FIRST_OF_SYSTEMD + Integer.parseInt(count))
                    .boxed()
                    .toList());
        } catch (IOException | NumberFormatException e) {
            throw ConfigurationException.of("LISTEN_FDS", count, String.valueOf(e.getMessage()));
        }
        return inherited;
    }

    /**
     * Adds sockets that listen already.
     *
     * @throws IOException if one of them has no IP address to listen on, or cannot be used without waiting
     */
    synchronized void add(List<Integer> listening) throws IOException {
        if (!listening.isEmpty() && !Epoll.isAvailable()) {
            throw new IOException("it needs Linux' epoll");
        }
        for (int descriptor : listening) {
            ForeignSockets.nonBlocking(descriptor);
            descriptors.put(address(descriptor), descriptor);
        }
    }

    private static InetSocketAddress address(int descriptor) throws IOException {
        try {
            InetSocketAddress address = new Socket(descriptor).localAddress();
            if (address != null) {
                return address;
            }
        } catch (ChannelException e) {
            // Netty looks at what it is first
        }
        throw new IOException("descriptor " + descriptor + " is no TCP socket");
    }

    synchronized OptionalInt take(InetSocketAddress address) {
        Integer descriptor = descriptors.remove(address);
        return descriptor == null ? OptionalInt.empty() : OptionalInt.of(descriptor);
    }

    /**
     * Makes sure that each will be taken: the clients of one that is forgotten would wait for ever.
     *
     * @throws ConfigurationException if somebody listens where nobody wants to
     */
    synchronized void expect(List<ListenAddress> listen, Set<InetSocketAddress> web) {
        for (InetSocketAddress address : descriptors.keySet()) {
            if (!web.contains(address)
                    && listen.stream().noneMatch(wanted -> wanted.sockets().contains(address))) {
                throw ConfigurationException.of(
                        "LISTEN_FDS",
                        address.getAddress().getHostAddress() + ":" + address.getPort(),
                        "each socket that is passed on must be one of lb.listen or of the web server");
            }
        }
    }

    synchronized boolean isEmpty() {
        return descriptors.isEmpty();
    }

    /** Closes those that nobody has taken. */
    synchronized void close() {
        for (int descriptor : descriptors.values()) {
            try {
                new Socket(descriptor).close();
            } catch (IOException e) {
                // it is closed all the same: close(2)
            }
        }
        descriptors.clear();
    }
}
