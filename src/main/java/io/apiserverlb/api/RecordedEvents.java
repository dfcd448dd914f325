package io.apiserverlb.api;

import io.apiserverlb.pool.Event;
import io.apiserverlb.pool.Events;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What has been recorded since an event, and what is from now on.
 *
 * @param after the last event that the client knows; null: it wants none that has happened
 */
record RecordedEvents(Events events, @Nullable String after) implements EventSource<Event> {
    @Override
    public List<Event> follow(Consumer<Event> listener) {
        return events.follow(after, listener);
    }

    @Override
    public void unfollow(Consumer<Event> listener) {
        events.unfollow(listener);
    }
}
