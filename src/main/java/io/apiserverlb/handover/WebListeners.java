package io.apiserverlb.handover;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** The listening sockets of the web servers of this process; for any thread. */
public final class WebListeners {
    private final Function<InetSocketAddress, OptionalInt> inherited;
    private final List<SharedEndpoint> open = new CopyOnWriteArrayList<>();

    /** @param inherited gives the descriptor of a socket that listens on an address already, once */
    public WebListeners(Function<InetSocketAddress, OptionalInt> inherited) {
        this.inherited = inherited;
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

    void add(SharedEndpoint endpoint) {
        open.add(endpoint);
    }

    void remove(SharedEndpoint endpoint) {
        open.remove(endpoint);
    }

    /** What another process needs to listen as well. */
    public List<Integer> descriptors() {
        return open.stream().map(SharedEndpoint::descriptor).toList();
    }

    /** Leaves the callers to another process that has the same sockets, or takes them back. */
    public void leaveToOther(boolean other) {
        open.forEach(endpoint -> endpoint.leaveToOther(other));
    }
}
