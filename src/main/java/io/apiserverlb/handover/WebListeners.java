package io.apiserverlb.handover;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** The listening sockets of the web servers of this process; for any thread. */
public final class WebListeners {
    private final Function<InetSocketAddress, OptionalInt> inherited;
    private final List<SharedEndpoint> open = new CopyOnWriteArrayList<>();
    private volatile boolean waiting;

    /**
     * None is open yet.
     *
     * @param inherited gives the descriptor of a socket that listens on an address already, once
     * @param waiting whether all callers are to wait until {@link #leaveToOther}
     */
    public WebListeners(Function<InetSocketAddress, OptionalInt> inherited, boolean waiting) {
        this.inherited = inherited;
        this.waiting = waiting;
    }

    /** Listens on what has been inherited, else on a socket of its own. */
    ServerSocketChannel open(InetSocketAddress address, int backlog) throws IOException {
        OptionalInt descriptor = inherited.apply(address);
        if (descriptor.isPresent()) {
            return ForeignSockets.channel(descriptor.getAsInt());
        }
        ServerSocketChannel channel = ServerSocketChannel.open();
        try {
            return channel.bind(address, backlog);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** Whether its callers are to wait for the time being. */
    boolean add(SharedEndpoint endpoint) {
        open.add(endpoint);
        return waiting;
    }

    void remove(SharedEndpoint endpoint) {
        open.remove(endpoint);
    }

    /** What another process needs to listen as well. */
    public List<Integer> descriptors() {
        return open.stream().map(SharedEndpoint::descriptor).toList();
    }

    /** Leaves the callers of these sockets, and of no others, to another process that has them as well. */
    public void leaveToOther(Set<Integer> descriptors) {
        waiting = false;
        open.forEach(endpoint -> endpoint.leaveToOther(descriptors.contains(endpoint.descriptor())));
    }
}
