package io.apiserverlb.handover;

import java.util.List;

/** What a process hands over; called by one thread, which may be blocked for some seconds. */
public interface Estate {
    /** Stops changing and writing the list, writes what is still to be written, and gives the text of it. */
    String settle();

    /** The descriptors of all listeners. */
    List<Integer> listeners();

    /** The other process serves: stops accepting. */
    void leave();

    /** The other process has ended, or has never come to serve: goes on as before {@link #settle}. */
    void takeBack();
}
