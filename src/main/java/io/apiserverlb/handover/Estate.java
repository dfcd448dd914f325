package io.apiserverlb.handover;

import java.util.List;
import java.util.Set;

/** What a process hands over; called by one thread, which may be blocked for some seconds. */
public interface Estate {
    /** Stops changing and writing the list, writes what is still to be written, and gives the text of it. */
    String settle();

    /** The descriptors of all listeners. */
    List<Integer> listeners();

    /** Stops accepting on these listeners: the other process does. */
    void leave(Set<Integer> listeners);

    /** Goes on as before {@link #settle}: the other process has ended, or did not come to serve. */
    void takeBack();
}
