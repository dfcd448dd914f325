package io.apiserverlb.proxy;

import java.net.InetSocketAddress;

/** A listening socket, open until it is closed. */
interface Listener {
    /** Who is told of the clients of a listener. */
    interface Arrivals {
        /** Whether this client may stay, else it is reset; on the listener's loop, while the connection takes no part in its own yet. */
        boolean admit(Leg client);

        /** One that may stay; on its own loop. */
        void arrived(Leg client);

        /** After this client few descriptors are left; on the listener's loop. */
        void scarce();

        /** The kernel could not give the next client a descriptor; on the listener's loop. */
        void failed(Throwable cause);
    }

    /** Where it listens, with its real port; by any thread. */
    InetSocketAddress address();

    /**
     * Its descriptor, for another process.
     *
     * @throws UnsupportedOperationException where it has none that could be passed on
     */
    int descriptor();

    /** Whether to accept, or to let clients wait, as at first; on its loop. */
    void accept(boolean wanted);

    /** Closes it before it returns; by any thread. */
    void close();
}
