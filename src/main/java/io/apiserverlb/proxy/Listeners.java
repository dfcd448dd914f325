package io.apiserverlb.proxy;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * The listening sockets.
 *
 * <p>Bound and closed once, by whoever does; in between, the event loop of the listeners may unbind and rebind them. What is open can be
 * seen by any thread.
 */
final class Listeners {
    private final List<ListenAddress> configured;
    private final ServerBootstrap bootstrap;
    private final List<Channel> bound = new CopyOnWriteArrayList<>();
    /** What was bound first, with real ports. */
    private volatile List<InetSocketAddress> addresses = List.of();

    private volatile boolean closed;
    /** Written and read on the event loop only. */
    private boolean wanted = true;

    Listeners(List<ListenAddress> configured, ServerBootstrap bootstrap) {
        this.configured = configured;
        this.bootstrap = bootstrap;
    }

    /**
     * Binds all, or none.
     *
     * @throws ListenException if an address cannot be bound
     */
    void bind() {
        for (ListenAddress address : configured) {
            for (InetSocketAddress socket : address.sockets()) {
                bind(address, socket);
            }
        }
        addresses = open();
    }

    private void bind(ListenAddress address, InetSocketAddress socket) {
        try {
            bound.add(bootstrap.bind(socket).syncUninterruptibly().channel());
        } catch (Exception e) { // Netty throws the checked exception of the kernel undeclared
            if (!optional(address, socket, e)) {
                close();
                throw new ListenException(socket, e);
            }
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
        return bound.stream()
                .map(channel -> (InetSocketAddress) channel.localAddress())
                .toList();
    }

    /** What clients can connect to now, or will again. */
    List<InetSocketAddress> addresses() {
        return addresses;
    }

    /** Closes all for the time being; on the event loop. */
    void unbind() {
        wanted = false;
        bound.forEach(Channel::close);
        bound.clear();
    }

    /** Binds again what is not bound now, and tells what could not be; on the event loop. */
    void rebind(Consumer<List<ListenException>> done) {
        wanted = true;
        List<InetSocketAddress> missing = new ArrayList<>(addresses);
        missing.removeAll(open());
        List<ListenException> failures = new ArrayList<>();
        AtomicInteger left = new AtomicInteger(missing.size());
        for (InetSocketAddress socket : missing) {
            bootstrap.bind(socket).addListener((ChannelFuture binding) -> {
                if (binding.isSuccess()) {
                    add(binding.channel());
                } else {
                    failures.add(new ListenException(socket, binding.cause()));
                }
                if (left.decrementAndGet() == 0) {
                    done.accept(failures);
                }
            });
        }
        if (missing.isEmpty()) {
            done.accept(failures);
        }
    }

    private void add(Channel channel) {
        bound.add(channel);
        if (closed || !wanted) { // looked at after it can be seen: else nobody would close it
            bound.remove(channel);
            channel.close();
        }
    }

    /** Closes all for good; by any thread but the event loop. */
    void close() {
        closed = true;
        bound.forEach(channel -> channel.close().awaitUninterruptibly());
        bound.clear();
    }
}
