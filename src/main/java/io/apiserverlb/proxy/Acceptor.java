package io.apiserverlb.proxy;

import io.apiserverlb.pool.Admittance;
import io.apiserverlb.pool.Event;
import io.apiserverlb.pool.Events;
import io.apiserverlb.pool.Rejection;
import io.apiserverlb.pool.ServerPool;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts clients in, and pauses the listeners at the limit or while the process has no descriptor for another client: then clients wait in
 * the kernel's backlog.
 *
 * <p>Confined to the one event loop of all listeners, but for what says otherwise.
 */
final class Acceptor implements Listener.Arrivals {
    private static final long RESOURCES_PAUSE_SECONDS = 1;
    /** After how long without trouble it is over: with each client that leaves another one comes, and is one too many again. */
    private static final long RESOURCES_CALM_SECONDS = 10;

    private static final double WARN_SHARE = 0.8;
    private static final double CALM_SHARE = 0.7;

    private final int limit;
    private final Admission admission;
    private final Sessions sessions;
    private final EventLoop loop;
    private final ServerPool pool;
    private final Events events;
    private final SpareDescriptors spare = SpareDescriptors.ofThisProcess();
    private final List<Listener> listeners = new ArrayList<>();
    private final AtomicInteger active = new AtomicInteger();
    private boolean atLimit;
    private Set<Integer> leftToOther = Set.of();
    private boolean waiting;
    /** Told once until there is room again: at the limit every client that leaves lets another in. */
    private boolean limitReported;

    private volatile boolean outOfResources;
    private boolean resourcesReported;
    private int resourcesPauses;
    /** Read by other loops, too: while it is false, a client that leaves changes nothing here. */
    private volatile boolean nearLimit;

    Acceptor(int limit, Admission admission, Sessions sessions, EventLoop loop, ServerPool pool, Events events) {
        this.limit = limit;
        this.admission = admission;
        this.sessions = sessions;
        this.loop = loop;
        this.pool = pool;
        this.events = events;
    }

    /** Has a listener paused and resumed with the others; on the loop. */
    void add(Listener listener) {
        listeners.add(listener);
        apply(listener);
    }

    /** As {@link #add}, of one that is closed. */
    void remove(Listener listener) {
        listeners.remove(listener);
    }

    /** By any thread. */
    int active() {
        return active.get();
    }

    /** What would become of any client now; by any thread. */
    Admittance admittance() {
        if (outOfResources) {
            return Admittance.waits("the process has no descriptor or no memory for another client");
        }
        return active() < limit
                ? Admittance.ADMITTED
                : Admittance.waits("the limit of " + limit + " connections (lb.max-connections) is reached");
    }

    @Override
    public boolean admit(Leg client) {
        if (!admission.admit(client)) {
            return false;
        }
        int now = active.incrementAndGet();
        client.whenClosed(this::clientLeft);
        if (now >= limit * WARN_SHARE && !nearLimit) {
            nearLimit = true;
            report(Event.Severity.WARN, now + " of " + limit + " connections are in use");
        }
        if (now >= limit && !atLimit) {
            atLimit = true;
            apply();
            if (!limitReported) {
                limitReported = true;
                report(Event.Severity.WARN, "the limit of " + limit + " connections is reached: new clients wait");
            }
            relax(); // some may have left before the flag was seen
        }
        return true;
    }

    @Override
    public void arrived(Leg client) {
        sessions.open(client);
    }

    private void clientLeft() {
        active.decrementAndGet();
        if (nearLimit && !loop.isShuttingDown()) {
            loop.execute(this::relax);
        }
    }

    private void relax() {
        if (atLimit && active.get() < limit) {
            atLimit = false;
            apply();
        }
        if (nearLimit && active.get() < limit * CALM_SHARE) {
            nearLimit = false;
            limitReported = false;
            report(
                    Event.Severity.INFO,
                    "fewer than " + (int) (CALM_SHARE * 100) + " % of the connections are in use again");
        }
    }

    /** What is left is for the management side and for checks. */
    @Override
    public void scarce() {
        outOfResources("all descriptors but those kept for the management side are in use (ulimit -n)");
    }

    @Override
    public void failed(Throwable cause) {
        outOfResources(String.valueOf(cause.getMessage()));
    }

    /** A client was accepted that no server could be connected to for want of descriptors, ports or memory; by any thread. */
    void unserved() {
        if (!loop.isShuttingDown()) {
            loop.execute(() -> pause("there is nothing left to connect to servers with"));
        }
    }

    private void outOfResources(String why) {
        pool.rejected(Rejection.RESOURCES);
        pause(why);
    }

    /** Trying at once would only spin, or reset who could as well wait. */
    private void pause(String why) {
        if (!outOfResources) {
            outOfResources = true;
            resourcesPauses++;
            apply();
            if (!resourcesReported) {
                resourcesReported = true;
                report(Event.Severity.ERROR, "cannot accept clients, who wait: " + why);
            }
            lookAgain();
        }
    }

    private void lookAgain() {
        loop.schedule(this::resumeAfterResources, RESOURCES_PAUSE_SECONDS, TimeUnit.SECONDS);
    }

    private void resumeAfterResources() {
        if (spare.areNext()) {
            pool.rejected(Rejection.RESOURCES);
            lookAgain();
        } else {
            outOfResources = false;
            apply();
            int pauses = resourcesPauses;
            loop.schedule(() -> calm(pauses), RESOURCES_CALM_SECONDS, TimeUnit.SECONDS);
        }
    }

    private void calm(int pausesBefore) {
        if (resourcesReported && pausesBefore == resourcesPauses) {
            resourcesReported = false;
            report(Event.Severity.INFO, "all clients are accepted again");
        }
    }

    /** Lets all clients wait until it is known whose they are, also those of listeners to come; by any thread. */
    void letWait() {
        loop.execute(() -> {
            waiting = true;
            apply();
        });
    }

    /** Of which listeners the clients are for another process; by any thread. */
    void leaveToOther(Set<Integer> descriptors) {
        loop.execute(() -> {
            waiting = false;
            leftToOther = descriptors;
            apply();
        });
    }

    private boolean paused() {
        return atLimit || outOfResources || waiting;
    }

    private void apply() {
        listeners.forEach(this::apply);
    }

    private void apply(Listener listener) {
        boolean left = !leftToOther.isEmpty() && leftToOther.contains(listener.descriptor());
        listener.accept(!paused() && !left);
    }

    private void report(Event.Severity severity, String message) {
        events.record(Event.Type.LISTENER, severity, "listener", message);
    }
}
