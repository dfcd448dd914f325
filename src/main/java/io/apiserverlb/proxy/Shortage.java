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
import java.util.function.IntSupplier;
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
    private final IntSupplier active;
    private final BooleanSupplier scarcity;
    private final Runnable change;

    private volatile boolean lasts;
    /** Whether it is descriptors that are missing: a client that leaves gives back two. */
    private boolean ofDescriptors;
    /**
     * So many clients had all descriptors but the spare ones. That none is left is known by one client too many: with another such client for
     * each that leaves, the spare ones would soon be gone.
     */
    private int most = Integer.MAX_VALUE;
    /** Told once until there has been none for a while. */
    private boolean reported;

    private @Nullable Future<?> look;
    private @Nullable Future<?> calm;
    /** A look is to come, as a client has just left. */
    private boolean looksSoon;
    /** Another one has left since. */
    private boolean looksOnceMore;

    /**
     * None yet.
     *
     * @param active how many clients there are
     * @param scarcity whether only the descriptors are left that are not for sessions
     * @param change is told on the loop when it has begun and when it is over
     */
    Shortage(
            EventLoop loop,
            ServerPool pool,
            Events events,
            IntSupplier active,
            BooleanSupplier scarcity,
            Runnable change) {
        this.loop = loop;
        this.pool = pool;
        this.events = events;
        this.active = active;
        this.scarcity = scarcity;
        this.change = change;
    }

    /** By any thread. */
    boolean lasts() {
        return lasts;
    }

    /** The client that is about to be let in has a descriptor that is not for sessions. */
    void lastDescriptor(String why) {
        most = active.getAsInt() + 1;
        ofDescriptors = true;
        count();
        begins(why);
    }

    /** The kernel could not let a client in, who waits. */
    void failed(String why) {
        if (scarcity.getAsBoolean()) {
            most = active.getAsInt();
            ofDescriptors = true;
        }
        count();
        begins(why);
    }

    private void count() {
        if (!reported) {
            pool.rejected(Rejection.RESOURCES);
        }
    }

    /** Something is missing, whatever it is. */
    void begins(String why) {
        if (!lasts) {
            begin();
            if (!reported) {
                reported = true;
                report(Event.Severity.ERROR, "cannot accept clients, who wait: " + why);
            }
        }
    }

    private void begin() {
        lasts = true;
        cancel(calm);
        change.run();
        if (look == null || !ofDescriptors) { // else the one that is due looks for more than those who leave give back
            cancel(look);
            lookLater();
        }
    }

    private void lookLater() {
        look = loop.schedule(this::look, PAUSE.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Another client has been let in. */
    void clientCame() {
        if (!lasts && active.getAsInt() >= most) {
            ofDescriptors = true;
            begin();
        }
    }

    /** Whose descriptors will be free in a moment. */
    void clientLeft() {
        looksOnceMore = looksSoon;
        if (lasts && ofDescriptors && !looksSoon) {
            lookSoon();
        }
    }

    private void lookSoon() {
        looksSoon = true;
        loop.schedule(this::lookAfterOneHasLeft, LEAVING.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void lookAfterOneHasLeft() {
        looksSoon = false;
        if (lasts && active.getAsInt() < most && !scarcity.getAsBoolean()) {
            end();
        } else if (lasts && looksOnceMore) {
            looksOnceMore = false;
            lookSoon();
        }
    }

    private void look() {
        look = null;
        if (!lasts) {
            return;
        }
        if (scarcity.getAsBoolean()) {
            pool.rejected(Rejection.RESOURCES);
            lookLater();
            return;
        }
        if (active.getAsInt() >= most) {
            most = Integer.MAX_VALUE; // others than clients have given some back
        }
        end();
    }

    private void end() {
        lasts = false;
        ofDescriptors = false;
        calm = loop.schedule(this::calm, CALM.toMillis(), TimeUnit.MILLISECONDS);
        change.run();
    }

    private void calm() {
        most = Integer.MAX_VALUE;
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
