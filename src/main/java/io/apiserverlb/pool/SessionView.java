package io.apiserverlb.pool;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/** What can be seen of the data path; by any thread. */
public interface SessionView {
    /** The addresses that clients can connect to at the moment, with their real ports. */
    List<InetSocketAddress> listeners();

    /** Sessions now. */
    int active();

    /** Sessions at most. */
    int limit();

    /** How long ago the event loop that is furthest behind last turned; a few seconds at most while all is well. */
    Duration sinceLastTurn();
}
