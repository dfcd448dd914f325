package io.apiserverlb.proxy;

import io.apiserverlb.pool.Event;
import io.apiserverlb.pool.Events;
import io.apiserverlb.pool.ServerList;
import io.apiserverlb.pool.ServerPool;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Closes the listeners when a client could not be served and no server is usable, and opens them again when one is, or has at least passed
 * a check.
 *
 * <p>Confined to the event loop of the listeners, but for the methods that say otherwise.
 */
final class Refusal {
    private static final long RETRY_SECONDS = 1;

    private final Listeners listeners;
    private final ServerPool pool;
    private final Events events;
    private final EventLoop loop;
    /** Read by whoever changes the list: while it is false, the list does not matter here. */
    private volatile boolean refusing;

    private @Nullable ServerList hopeless;
    private @Nullable Future<?> retry;
    private boolean retryReported;

    Refusal(Listeners listeners, ServerPool pool, Events events, EventLoop loop) {
        this.listeners = listeners;
        this.pool = pool;
        this.events = events;
        this.loop = loop;
    }

    /** A client found no server; by any thread. */
    void unserved() {
        if (!refusing && pool.list().usable() == 0) {
            loop.execute(this::begin);
        }
    }

    private void begin() {
        if (refusing) {
            return;
        }
        refusing = true; // before the list is read: whoever publishes the next one sees it
        hopeless = pool.list();
        if (hopeless.usable() > 0) {
            refusing = false;
            return;
        }
        if (retry != null) {
            retry.cancel(false);
        }
        listeners.unbind();
        report(Event.Severity.WARN, "no server can be connected to: new clients are refused until one passes a check");
    }

    /** Takes in the next list; for one caller at a time, hands off. */
    void accept(ServerList list) {
        if (refusing && !loop.isShuttingDown()) {
            loop.execute(() -> endIfHopeful(list));
        }
    }

    private void endIfHopeful(ServerList list) {
        if (refusing && list.promisesMoreThan(Objects.requireNonNull(hopeless))) {
            refusing = false;
            retryReported = false;
            open();
        }
    }

    private void open() {
        if (!refusing) {
            opened(listeners.rebind());
        }
    }

    private void opened(List<ListenException> failures) {
        if (failures.isEmpty()) {
            report(Event.Severity.INFO, "new clients are accepted again on " + listeners.open());
            return;
        }
        if (!retryReported) {
            retryReported = true;
            ListenException first = failures.get(0);
            report(
                    Event.Severity.ERROR,
                    "cannot listen on " + first.address() + " again, which is tried each second: "
                            + first.getMessage());
        }
        retry = loop.schedule(this::open, RETRY_SECONDS, TimeUnit.SECONDS);
    }

    private void report(Event.Severity severity, String message) {
        events.record(Event.Type.LISTENER, severity, "listener", message);
    }
}
