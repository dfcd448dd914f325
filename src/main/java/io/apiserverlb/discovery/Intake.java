package io.apiserverlb.discovery;

import io.apiserverlb.pool.DiscoveryStatus;
import io.apiserverlb.pool.Event;
import io.apiserverlb.pool.Events;
import io.apiserverlb.pool.Membership;
import io.apiserverlb.pool.ServerAddress;
import io.apiserverlb.pool.ServerPool;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes what a source finds into the list, and keeps how finding goes.
 *
 * <p>The first list counts at once; a later one when nothing newer has come for the debounce time, as an API server that starts comes, goes
 * and comes again; under a stream of changes after three times that. No server at all is never true of a cluster that answers, and changes
 * nothing, not even what is put off. Safe for use by any thread.
 */
public final class Intake {
    private static final String ACTOR = "discovery";
    private static final int LONGEST_IN_DEBOUNCES = 3;

    private final String kind;
    private final AddressRules rules;
    private final Duration debounce;
    private final ServerPool pool;
    private final ScheduledExecutorService executor;
    private final InstantSource clock;
    private final LongSupplier nanoTime;
    private final Events events;

    private boolean begun;
    private List<ServerAddress> pending = List.of();
    private @Nullable Future<?> timer;
    private @Nullable Long pendingSince;
    private @Nullable Instant lastSuccess;
    private @Nullable String trouble;
    private @Nullable String error;
    /** Whether the error came after the servers that were named last, which may still be put off. */
    private boolean wrongSince;

    /** @param executor for what is put off; what is still to come when it is shut down is dropped */
    public Intake(
            String kind,
            AddressRules rules,
            Duration debounce,
            ServerPool pool,
            ScheduledExecutorService executor,
            InstantSource clock,
            LongSupplier nanoTime,
            Events events) {
        this.kind = kind;
        this.rules = rules;
        this.debounce = debounce;
        this.pool = pool;
        this.executor = executor;
        this.clock = clock;
        this.nanoTime = nanoTime;
        this.events = events;
    }

    /** The cluster has said which servers it has: all of them. */
    public synchronized void found(List<ServerAddress> servers) {
        List<ServerAddress> allowed = rules.apply(servers);
        if (allowed.size() > Membership.MOST_ADDRESSES) {
            putOff(null, List.of());
            failed("the cluster names " + allowed.size() + " servers, which changes nothing: at most "
                    + Membership.MOST_ADDRESSES + " can be taken");
            return;
        }
        if (allowed.isEmpty() && !servers.isEmpty()) {
            putOff(null, List.of());
            failed("lb.discovery.allow and lb.discovery.deny leave none of the " + servers.size()
                    + " servers that the cluster names");
            return;
        }
        List<ServerAddress> taken =
                allowed.stream().filter(address -> !pool.isSelf(address)).toList();
        if (taken.isEmpty()) {
            take(taken, !servers.isEmpty());
            return;
        }
        wrongSince = false;
        boolean newer = !Set.copyOf(taken).equals(Set.copyOf(pending));
        if (!begun || isInTheList(taken)) {
            putOff(null, List.of());
            take(taken, !servers.isEmpty());
        } else if (newer) {
            putOff(pendingSince == null ? Long.valueOf(nanoTime.getAsLong()) : pendingSince, taken);
        }
    }

    private boolean isInTheList(List<ServerAddress> servers) {
        return new HashSet<>(servers)
                .equals(new HashSet<>(pool.list().membership().discovered()));
    }

    private void putOff(@Nullable Long since, List<ServerAddress> servers) {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
        pendingSince = since;
        pending = servers;
        if (since != null && !executor.isShutdown()) {
            Duration longest = debounce.multipliedBy(LONGEST_IN_DEBOUNCES).minusNanos(nanoTime.getAsLong() - since);
            Duration wait = longest.compareTo(debounce) < 0 ? longest : debounce;
            timer = executor.schedule(this::settle, Math.max(0, wait.toNanos()), TimeUnit.NANOSECONDS);
        }
    }

    private synchronized void settle() {
        List<ServerAddress> servers = pending;
        if (!servers.isEmpty()) {
            putOff(null, List.of());
            take(servers, false);
        }
    }

    private void take(List<ServerAddress> servers, boolean itself) {
        if (!pool.reconcile(servers, ACTOR)) {
            String problem =
                    "the cluster names no server" + (itself ? " but this balancer" : "") + ", which changes nothing";
            report(problem, problem);
            return;
        }
        begun = true;
        lastSuccess = clock.instant();
        if (error != null && !wrongSince) {
            trouble = null;
            error = null;
            inform("the cluster names its servers again");
        }
    }

    /**
     * The cluster could not be asked, or its answer not be read: the list stays.
     *
     * @param problem in words, without secrets
     */
    public void failed(String problem) {
        failed(problem, problem);
    }

    /**
     * The same for a trouble that does not always look the same.
     *
     * @param sort of trouble, which is told when it begins, and not each time it looks different
     */
    public synchronized void failed(String sort, String problem) {
        pool.discoveryFailed();
        report(sort, problem);
    }

    private void report(String sort, String problem) {
        wrongSince = true;
        boolean known = sort.equals(trouble);
        trouble = sort;
        error = problem;
        if (!known) {
            warn(problem);
        }
    }

    /** Tells what is wrong, though it does not keep the source from finding. */
    public void warn(String text) {
        tell(Event.Severity.WARN, text);
    }

    /** Tells that something is well again. */
    public void inform(String text) {
        tell(Event.Severity.INFO, text);
    }

    private void tell(Event.Severity severity, String text) {
        events.record(Event.Type.DISCOVERY, severity, ACTOR, text);
    }

    public synchronized DiscoveryStatus status() {
        return new DiscoveryStatus(kind, lastSuccess, error);
    }
}
