package io.apiserverlb.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One of the two connections of a session, whatever the transport.
 *
 * <p>Confined to its event loop, but for what says otherwise.
 */
interface Leg {
    /** Who is told what happens to a connection; not after it was closed. */
    interface Owner {
        /** Bytes came; they are the owner's for the time of the call only. */
        void received(ByteBuf bytes);

        /** Bytes came and were passed on to the connection that they were to be passed on to. */
        void passedOn(int length);

        /** The other end has sent all that it will. */
        void inputEnded();

        /** All that was written has been sent, and the end of it. */
        void outputEnded();

        /** What waited to be sent has been sent. */
        void unblocked();

        /** The connection is of no more use. */
        void broken(Throwable cause);
    }

    /** By any thread. */
    EventLoop loop();

    /** By any thread. */
    InetSocketAddress remote();

    InetSocketAddress local();

    /** Has somebody else told from now on. */
    void owner(Owner owner);

    /**
     * Has somebody told when the connection is made, or that it could not be; at once if that is known already.
     *
     * @param done gets the reason, or null
     */
    void whenConnected(Consumer<@Nullable Throwable> done);

    /** Has a task run when the connection is closed. */
    void whenClosed(Runnable task);

    /** Whether to receive; not until it is said. What came before is told later, never within this call. */
    void read(boolean wanted);

    /** Bulk may take the short way to this connection, unseen. */
    void passOnTo(Leg peer);

    /** Sends bytes, now or as soon as the other end takes them; they stay the caller's. */
    void write(ByteBuf bytes);

    /** Whether bytes wait to be sent. */
    boolean isBlocked();

    /** Sends the end, after what waits. */
    void endOutput();

    /** What the kernel knows; null where it does not say. */
    @Nullable
    TcpInfo tcpInfo();

    /** Sets TCP_USER_TIMEOUT, where there is one. */
    void userTimeout(int millis);

    /** Whether closing it now would send all that was written, and the end. */
    boolean endsAtClose();

    boolean isOpen();

    /**
     * Ends the connection.
     *
     * @param reset whether the other end is told by a reset, and what waits is lost
     */
    void close(boolean reset);
}
