package io.apiserverlb.pool;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * Those who are told of traffic. What happens before there is anybody is kept and told to each who comes: the balancer serves before its
 * metrics exist.
 *
 * <p>Safe for use by any thread; without a lock once there is a listener.
 */
final class Audience {
    /** More than that in the seconds of a start is only counted by {@link Load}. */
    private static final int EARLY = 10_000;

    private final List<TrafficListener> listeners = new CopyOnWriteArrayList<>();
    private final List<Consumer<TrafficListener>> early = new ArrayList<>();

    void tell(Consumer<TrafficListener> news) {
        if (listeners.isEmpty() && keep(news)) {
            return;
        }
        listeners.forEach(news);
    }

    private synchronized boolean keep(Consumer<TrafficListener> news) {
        if (listeners.isEmpty() && early.size() < EARLY) {
            early.add(news);
        }
        return listeners.isEmpty();
    }

    synchronized void add(TrafficListener listener) {
        early.forEach(news -> news.accept(listener));
        listeners.add(listener);
    }

    /** Whoever comes from now on hears only what happens from now on. */
    synchronized void forgetEarly() {
        if (!listeners.isEmpty()) {
            early.clear();
        }
    }
}
