package io.apiserverlb.api;

import java.util.List;
import java.util.function.Consumer;

/** Where a client's events come from. */
interface EventSource<T> {
    /**
     * Has a listener called with each event from now on; it must only hand off.
     *
     * @return what the listener is to know before those, oldest first
     */
    List<T> follow(Consumer<T> listener);

    /** Calls a listener no more. */
    void unfollow(Consumer<T> listener);
}
