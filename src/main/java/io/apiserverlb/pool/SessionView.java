package io.apiserverlb.pool;

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
}
