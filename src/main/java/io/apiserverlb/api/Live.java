package io.apiserverlb.api;

import io.apiserverlb.pool.Event;
import io.apiserverlb.pool.Events;
import io.apiserverlb.pool.ServerList;
import io.apiserverlb.pool.ServerPool;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * The balancer as it is now and has fared lately, told to those who follow.
 *
 * <p>Takes a sample each second, whether somebody follows or not. A status is made once for all who follow, and only if somebody does; its
 * listeners are called on the thread that made it, and must only hand off.
 */
@Component
final class Live implements EventSource<byte[]> {
    /** How many samples are kept: those of 15 minutes. */
    static final int KEPT = 900;

    static final Duration INTERVAL = Duration.ofSeconds(1);

    /** A list that is so much longer is sent by one interval less often. */
    private static final int SERVERS_PER_INTERVAL = 100;

    private final ServerPool pool;
    private final Overview overview;
    private final ServerViews views;
    private final Events events;
    private final JsonMapper json;
    private final Sampler sampler;
    private final Samples samples = new Samples(KEPT);
    private final List<Consumer<byte[]>> followers = new ArrayList<>();
    /** Samples to take before a status is due. */
    private int pause;

    private boolean failing;

    /** Begins at once. */
    Live(
            ServerPool pool,
            Overview overview,
            ServerViews views,
            Events events,
            JsonMapper json,
            InstantSource clock,
            @Qualifier("liveExecutor") ScheduledExecutorService executor) {
        this.pool = pool;
        this.overview = overview;
        this.views = views;
        this.events = events;
        this.json = json;
        this.sampler = new Sampler(clock, System::nanoTime);
        executor.scheduleWithFixedDelay(this::tick, 0, INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public synchronized List<byte[]> follow(Consumer<byte[]> listener) {
        followers.add(listener);
        pause = 0; // whoever is new does not wait for long
        return List.of(event("history", LiveHistory.from(INTERVAL, samples.all())));
    }

    @Override
    public synchronized void unfollow(Consumer<byte[]> listener) {
        followers.remove(listener);
    }

    private void tick() {
        try {
            next();
            failing = false;
        } catch (RuntimeException e) { // which would end all ticks to come
            if (!failing) {
                events.record(Event.Type.PROCESS, Event.Severity.ERROR, "live", "telling the status failed: " + e);
            }
            failing = true;
        }
    }

    /** Takes a sample, and tells the status if it is due. */
    private void next() {
        ServerList list = pool.list();
        Sample sample = sampler.next(list);
        List<Consumer<byte[]>> told = add(sample, list.servers().size());
        if (!told.isEmpty()) {
            byte[] status =
                    event("status", new LiveStatus(events.boot(), sample.figures(), overview.of(list), views.of(list)));
            told.forEach(follower -> follower.accept(status));
        }
    }

    /**
     * Whoever follows knows this sample either from the history or from the status, never from both.
     *
     * @return who is told the status now
     */
    private synchronized List<Consumer<byte[]>> add(Sample sample, int servers) {
        samples.add(sample);
        if (pause > 0) {
            pause--;
            return List.of();
        }
        pause = servers / SERVERS_PER_INTERVAL;
        return List.copyOf(followers);
    }

    private byte[] event(String name, Object data) {
        return EventStream.bytes("event: " + name + "\ndata: " + json.writeValueAsString(data) + "\n\n");
    }
}
