package io.apiserverlb;

import io.apiserverlb.handover.ForeignSockets;
import io.apiserverlb.proxy.ListenAddress;
import io.netty.channel.ChannelException;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Listening sockets that others have bound, by their addresses; for any thread.
 *
 * <p>Each is used by the first who wants to listen on its address.
 */
final class InheritedSockets {
    private static final int FIRST_OF_SYSTEMD = 3;
    private static final String COUNT = "LISTEN_FDS";

    private final Map<InetSocketAddress, Integer> descriptors = new LinkedHashMap<>();

    /**
     * What systemd has passed on: sd_listen_fds(3).
     *
     * @throws ConfigurationException if one of them does not listen for TCP
     */
    static InheritedSockets ofSystemd(Map<String, String> environment, long pid) {
        InheritedSockets inherited = new InheritedSockets();
        List<Integer> passedOn = descriptors(environment, pid);
        try {
            inherited.add(passedOn);
        } catch (IOException e) {
            throw ConfigurationException.of(COUNT, passedOn.size(), String.valueOf(e.getMessage()));
        }
        return inherited;
    }

    /** Which descriptors systemd says that it has passed on; pure. */
    static List<Integer> descriptors(Map<String, String> environment, long pid) {
        String count = environment.getOrDefault(COUNT, "0");
        if (!environment.getOrDefault("LISTEN_PID", "").equals(Long.toString(pid))) {
            return List.of(); // they were for a process that has started this one
        }
        if (!count.matches("[0-9]{1,3}")) {
            throw ConfigurationException.of(COUNT, count, "it must be a whole number between 0 and 999");
        }
        return IntStream.range(FIRST_OF_SYSTEMD, FIRST_OF_SYSTEMD + Integer.parseInt(count))
                .boxed()
                .toList();
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
            if (descriptors.putIfAbsent(address(descriptor), descriptor) != null) {
                new Socket(descriptor).close(); // one is enough: both have the same queue, or systemd's is meant
            }
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

    synchronized OptionalInt take(InetSocketAddress wanted) {
        for (Map.Entry<InetSocketAddress, Integer> each : descriptors.entrySet()) {
            if (isFor(each.getKey(), wanted)) {
                descriptors.remove(each.getKey());
                return OptionalInt.of(each.getValue());
            }
        }
        return OptionalInt.empty();
    }

    /** What the JDK binds to all addresses is all addresses of IPv6, which are those of IPv4 as well. */
    private static boolean isFor(InetSocketAddress bound, InetSocketAddress wanted) {
        return bound.equals(wanted)
                || (bound.getPort() == wanted.getPort()
                        && bound.getAddress().isAnyLocalAddress()
                        && wanted.getAddress() instanceof Inet4Address
                        && wanted.getAddress().isAnyLocalAddress());
    }

    /**
     * Makes sure that each will be taken: the clients of one that is forgotten would wait for ever.
     *
     * @throws ConfigurationException if somebody listens where nobody wants to
     */
    synchronized void expect(List<ListenAddress> listen, List<InetSocketAddress> web) {
        for (InetSocketAddress address : descriptors.keySet()) {
            if (Stream.concat(web.stream(), listen.stream().flatMap(wanted -> wanted.sockets().stream()))
                    .noneMatch(wanted -> isFor(address, wanted))) {
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

    /** Those that nobody has taken. */
    synchronized Set<Integer> unused() {
        return Set.copyOf(descriptors.values());
    }

    /** Closes those that nobody has taken. */
    synchronized void closeUnused() {
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
