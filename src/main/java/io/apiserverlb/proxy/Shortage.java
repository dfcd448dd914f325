package io.apiserverlb.proxy;

import io.apiserverlb.pool.Event;
import io.apiserverlb.pool.Events;
import io.apiserverlb.pool.Rejection;
import io.apiserverlb.pool.ServerPool;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The time in which the process has no descriptor, port or memory for another client, and clients had better wait: trying at once would only
 * spin, or reset who could as well wait.
 *
 * <p>Confined to the one event loop of all listeners, but for what says otherwise.
 */
final class Shortage {
    private static final Duration PAUSE = Duration.ofSeconds(1);
    /** After how long what a client had that has left is free: its connection to the server is closed after it. */
    private static final Duration LEAVING = Duration.ofMillis(10);
    /** After how long without trouble it is over: with each client that leaves another one comes, and is one too many again. */
    private static final Duration CALM = Duration.ofSeconds(10);

    private final EventLoop loop;
    private final ServerPool pool;
    private final Events events;
    private final BooleanSupplier scarcity;
    private final Runnable change;

    private volatile boolean lasts;
    /** A client that leaves may make room for another. */
    private boolean ofDescriptors;
    /** Told once until there has been none for a while. */
    private boolean reported;
    /** When it may be over. */
    private @Nullable Future<?> look;

    private boolean looksSoon;
    private @Nullable Future<?> calm;

    /**
     * None yet.
     *
     * @param scarcity whether only the descriptors are left that are not for sessions
     * @param change is told on the loop when it has begun and when it is over
     */
    Shortage(EventLoop loop, ServerPool pool, Events events, BooleanSupplier scarcity, Runnable change) {
        this.loop = loop;
        this.pool = pool;
        this.events = events;
        this.scarcity = scarcity;
        this.change = change;
    }

    /** By any thread. */
    boolean lasts() {
        return lasts;
    }

    /** There is no descriptor for another client, who waits. */
    void beginsForDescriptors(String why) {
        pool.rejected(Rejection.RESOURCES);
        ofDescriptors = true;
        begins(why);
    }

    void begins(String why) {
        if (lasts) {
            return;
        }
        lasts = true;
        cancel(calm);
        change.run();
        if (!reported) {
            reported = true;
            report(Event.Severity.ERROR, "cannot accept clients, who wait: " + why);
        }
        lookIn(PAUSE);
    }

    /** Whose descriptors will be free in a moment. */
    void clientLeft() {
        if (lasts && ofDescriptors && !looksSoon) {
            looksSoon = true;
            lookIn(LEAVING);
        }
    }

    private void lookIn(Duration pause) {
        cancel(look);
        look = loop.schedule(this::look, pause.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void look() {
        boolean soon = looksSoon;
        looksSoon = false;
        if (!scarcity.getAsBoolean()) {
            lasts = false;
            ofDescriptors = false;
            calm = loop.schedule(this::calm, CALM.toMillis(), TimeUnit.MILLISECONDS);
            change.run();
            return;
        }
        if (!soon) {
            pool.rejected(Rejection.RESOURCES);
        }
        lookIn(PAUSE);
    }

    private void calm() {
        if (reported) {
            reported = false;
            report(Event.Severity.INFO, "all clients are accepted again");
        }
    }

    private static void cancel(@Nullable Future<?> task) {
        if (task != null) {
            task.cancel(false);
        }
    }

    private void report(Event.Severity severity, String message) {
        events.record(Event.Type.LISTENER, severity, "listener", message);
    }
}
