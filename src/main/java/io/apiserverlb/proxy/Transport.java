package io.apiserverlb.proxy;

import io.netty.channel.EventLoop;
import java.io.IOException;
import java.net.InetSocketAddress;

/** How a group of event loops has its sockets. */
interface Transport {
    /** The longest queue of clients that wait to be accepted; the kernel shortens it to {@code net.core.somaxconn}. */
    int BACKLOG = 4_096;

    /**
     * Listens; the clients are spread over all loops. By any thread.
     *
     * @param loop that of the listener
     * @throws IOException if the address cannot be bound
     */
    Listener listen(EventLoop loop, InetSocketAddress address, SocketOptions options, Listener.Arrivals arrivals)
            throws IOException;

    /**
     * The same with a socket that listens already; by any thread.
     *
     * @param descriptor its own from now on, whatever comes of it
     * @throws IOException if it is no such socket, or nothing that this transport can use
     */
    Listener adopt(EventLoop loop, int descriptor, SocketOptions options, Listener.Arrivals arrivals)
            throws IOException;

    /**
     * Begins to connect, for as long as the kernel tries; on the loop, which is that of the connection.
     *
     * @throws IOException if there is nothing to connect with
     */
    Leg connect(EventLoop loop, InetSocketAddress target, SocketOptions options) throws IOException;

    /** The memory of a loop; for that loop only. */
    Blocks blocks(EventLoop loop);

    /** Gives up what the loops have in common, once they have ended. */
    void close();
}
