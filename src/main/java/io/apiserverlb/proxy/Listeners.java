package io.apiserverlb.proxy;

import io.netty.channel.EventLoop;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The listening sockets.
 *
 * <p>Bound and closed once, by whoever does; in between, the event loop of the listeners may unbind and rebind them. What is open can be
 * seen by any thread.
 */
final class Listeners {
    private final List<ListenAddress> configured;
    private final Transport transport;
    private final EventLoop loop;
    private final SocketOptions options;
    private final Acceptor acceptor;
    private final List<Listener> bound = new CopyOnWriteArrayList<>();
    /** What was bound first, with real ports. */
    private volatile List<InetSocketAddress> addresses = List.of();

    private volatile boolean closed;

    Listeners(
            List<ListenAddress> configured,
            Transport transport,
            EventLoop loop,
            SocketOptions options,
            Acceptor acceptor) {
        this.configured = configured;
        this.transport = transport;
        this.loop = loop;
        this.options = options;
        this.acceptor = acceptor;
    }

    /**
     * Binds all that nobody has bound before, or none.
     *
     * @throws ListenException if an address cannot be bound
     */
    void bind(InheritedListeners inherited) {
        for (ListenAddress address : configured) {
            for (InetSocketAddress socket : address.sockets()) {
                try {
                    OptionalInt descriptor = inherited.take(socket);
                    open(
                            descriptor.isPresent()
                                    ? transport.adopt(loop, descriptor.getAsInt(), options, acceptor)
                                    : transport.listen(loop, socket, options, acceptor));
                } catch (IOException e) {
                    if (!optional(address, socket, e)) {
                        close();
                        throw new ListenException(socket, e);
                    }
                }
            }
        }
        addresses = open();
    }

    private void open(Listener listener) {
        loop.execute(() -> acceptor.add(listener));
        bound.add(listener);
        if (closed) { // looked at after it can be seen: else nobody would close it
            close(listener);
        }
    }

    private void close(Listener listener) {
        listener.close();
        bound.remove(listener);
        if (!loop.isShuttingDown()) {
            loop.execute(() -> acceptor.remove(listener));
        }
    }

    /** A host without IPv6 has a localhost all the same. */
    private static boolean optional(ListenAddress address, InetSocketAddress socket, Exception cause) {
        String message = String.valueOf(cause.getMessage());
        return address.sockets().size() > 1
                && socket.getAddress() instanceof Inet6Address
                && (message.contains("Cannot assign requested address")
                        || message.contains("Address family not supported"));
    }

    /** What clients can connect to now. */
    List<InetSocketAddress> open() {
        return open(Set.of());
    }

    /** The same without those that have been left to another process. */
    List<InetSocketAddress> open(Set<Integer> leftToOther) {
        return bound.stream()
                .filter(listener -> leftToOther.isEmpty() || !leftToOther.contains(listener.descriptor()))
                .map(Listener::address)
                .toList();
    }

    /** What clients can connect to now, or will again. */
    List<InetSocketAddress> addresses() {
        return addresses;
    }

    /** Those that are open, for another process. */
    List<Integer> descriptors() {
        return bound.stream().map(Listener::descriptor).toList();
    }

    /** Closes all for the time being; on the event loop. */
    void unbind() {
        bound.forEach(this::close);
    }

    /**
     * Binds again what is not bound now; on the event loop.
     *
     * @return what could not be
     */
    List<ListenException> rebind() {
        List<InetSocketAddress> missing = new ArrayList<>(addresses);
        missing.removeAll(open());
        List<ListenException> failures = new ArrayList<>();
        for (InetSocketAddress socket : missing) {
            try {
                open(transport.listen(loop, socket, options, acceptor));
            } catch (IOException e) {
                failures.add(new ListenException(socket, e));
            }
        }
        return failures;
    }

    /** Closes all for good; by any thread but the event loop. */
    void close() {
        closed = true;
        bound.forEach(this::close);
    }
}
