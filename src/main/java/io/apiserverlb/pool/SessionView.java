package io.apiserverlb.pool;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/** What can be seen of the data path; by any thread. */
public interface SessionView {
    /** The addresses that clients can connect to at the moment, with their real ports. */
    List<InetSocketAddress> listeners();

    /** Sessions now. */
    int active();

    /** Sessions at most. */
    int limit();

    /** What would become of the next connection of a client with this address, by the rules for clients and the limits. */
    Admittance admittance(InetAddress client);
}
