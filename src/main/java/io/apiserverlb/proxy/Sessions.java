package io.apiserverlb.proxy;

import io.apiserverlb.pool.CloseReason;
import io.apiserverlb.pool.ConnectFailure;
import io.apiserverlb.pool.Rejection;
import io.apiserverlb.pool.ServerList;
import io.apiserverlb.pool.ServerPool;
import io.apiserverlb.pool.SessionInfo;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * All live sessions, and what they have in common.
 *
 * <p>Safe for use by any thread.
 */
public final class Sessions {
    /**
     * How sessions end.
     *
     * @param halfCloseTimeout how long a session may live after one side sent all that it will
     * @param log whether each ended session is logged
     */
    public record Settings(Duration halfCloseTimeout, ClosingRules closing, boolean log, Lifetime lifetime) {}

    /**
     * How long a session may last; 0: for ever.
     *
     * @param idleTimeout without a byte in either direction
     * @param maxAge in all; each session's own is up to a tenth shorter or longer
     */
    public record Lifetime(Duration idleTimeout, Duration maxAge) {}

    private final Settings settings;
    private final @Nullable String caller;
    private final ServerPool pool;
    private final Dialer dialer;
    private final EventLoops loops;
    private final LongSupplier nanoTime;
    private final SessionLog log;
    private final UnservedLog unserved;
    private final Departures departures;
    private final Rebalancing rebalancing;
    private final Lifetimes lifetimes;
    private final AtomicLong lastNumber = new AtomicLong();
    private final Set<Session> live = ConcurrentHashMap.newKeySet();
    private final CompletableFuture<Void> allEnded = new CompletableFuture<>();
    /** Where it is decided when sessions leave: one decision at a time, by the list of that moment. */
    private final EventLoop departureLoop;
    /** Whether {@link #accept} has asked for that, and it has not begun yet. */
    private final AtomicBoolean departing = new AtomicBoolean();

    private @Nullable ServerList latest;
    private boolean latestMakesLeave;
    private volatile boolean shuttingDown;
    private volatile Runnable whenUnserved = () -> {};
    private volatile Runnable whenOutOfResources = () -> {};

    /**
     * No sessions yet, and all to come are those of clients.
     *
     * @param name of this balancer, for the log
     */
    public Sessions(
            String name,
            Settings settings,
            ServerPool pool,
            Dialer dialer,
            SocketOptions options,
            EventLoops loops,
            LongSupplier nanoTime,
            RandomGenerator random) {
        this(name, null, settings, pool, dialer, options, loops, nanoTime, random);
    }

    /** @param caller whose sessions these are, if they are not those of clients */
    Sessions(
            String name,
            @Nullable String caller,
            Settings settings,
            ServerPool pool,
            Dialer dialer,
            SocketOptions options,
            EventLoops loops,
            LongSupplier nanoTime,
            RandomGenerator random) {
        this.settings = settings;
        this.caller = caller;
        this.pool = pool;
        this.dialer = dialer;
        this.loops = loops;
        this.nanoTime = nanoTime;
        this.log = new SessionLog(name, caller, settings.log(), nanoTime);
        this.unserved = new UnservedLog(nanoTime);
        this.departureLoop = loops.group().next();
        Pacing pacing = new Pacing(departureLoop, nanoTime, random);
        this.departures = new Departures(settings.closing(), pool, pacing);
        this.rebalancing = new Rebalancing(live, pool, settings.closing().drainTimeout(), pacing);
        this.lifetimes = new Lifetimes(settings.lifetime(), live, nanoTime, random);
        lifetimes.start(loops.group());
        new Stalls(options.userTimeout(), live, nanoTime).start(loops);
    }

    /** Begins a session for a client that was accepted; on its event loop. */
    void open(Leg client) {
        Session session = new Session(lastNumber.incrementAndGet(), client, this);
        live.add(session);
        if (shuttingDown) {
            rejected(Rejection.SHUTDOWN); // accepted before the listener closed
            session.close(CloseReason.SHUTDOWN);
        }
        session.start();
    }

    /** Called once other threads can see the session's server: closes it if that server has left in the meantime. */
    void connected(Session session) {
        if (departures.concerns(session, pool.list()) && !departureLoop.isShuttingDown()) {
            departureLoop.execute(() -> departures.depart(List.of(session), pool.list()));
        }
    }

    /** Has this called, on any loop, for each client that could not be connected to a server. */
    void whenUnserved(Runnable task) {
        whenUnserved = task;
    }

    /** Has this called, on any loop, for each client that this process had nothing left for to connect it with. */
    void whenOutOfResources(Runnable task) {
        whenOutOfResources = task;
    }

    void unserved(InetSocketAddress client, List<DialFailure> failures) {
        boolean ownTrouble =
                !failures.isEmpty() && failures.stream().allMatch(failure -> failure.reason() == ConnectFailure.LOCAL);
        rejected(ownTrouble ? Rejection.RESOURCES : Rejection.NO_SERVER);
        unserved.warn(log.client(client), failures, pool.list().servers());
        (ownTrouble ? whenOutOfResources : whenUnserved).run();
    }

    private void rejected(Rejection reason) {
        if (caller == null) {
            pool.rejected(reason);
        }
    }

    void ended(Session session, Ending ending) {
        live.remove(session);
        log.ended(session, ending, live.size());
        if (shuttingDown && live.isEmpty()) {
            allEnded.complete(null);
        }
    }

    /** Closes the sessions that the list leaves no server to; for one caller at a time, hands off. */
    public void accept(ServerList list) {
        boolean makesLeave = departures.makesLeave(list);
        boolean concernsSessions = makesLeave || latestMakesLeave || Departures.differ(latest, list);
        latest = list;
        latestMakesLeave = makesLeave;
        if (concernsSessions && !departureLoop.isShuttingDown() && departing.compareAndSet(false, true)) {
            departureLoop.execute(() -> {
                departing.set(false); // first: a list that comes now may not be the one that is looked at
                departures.depart(live, pool.list());
            });
        }
    }

    /** Closes all sessions, spread over a time; done when none is left. */
    public CompletableFuture<Void> shutDown(Duration over) {
        shuttingDown = true;
        departures.closeAll(live, over);
        if (live.isEmpty()) {
            allEnded.complete(null);
        }
        return allEnded;
    }

    /** Those that have not ended; to be looked at by any thread. */
    Set<Session> live() {
        return live;
    }

    Rebalancing rebalancing() {
        return rebalancing;
    }

    /** The id of one of them. */
    String id(long number) {
        return caller == null ? Long.toString(number) : caller + "-" + number;
    }

    /** What can be seen of one of them by any thread. */
    SessionInfo info(Session session) {
        long now = nanoTime.getAsLong();
        long age = now - session.acceptedAt();
        // The clock of what was last received may be behind that of the beginning, and turn in between.
        long idle = Math.min(age, Math.max(0, now - session.lastActive()));
        return new SessionInfo(
                session.id(),
                caller,
                session.clientAddress(),
                session.listener(),
                session.serverAddress(),
                phase(session),
                Duration.ofNanos(age),
                Duration.ofNanos(idle),
                session.bytesIn(),
                session.bytesOut());
    }

    private SessionInfo.Phase phase(Session session) {
        if (session.lease() == null) {
            return SessionInfo.Phase.CONNECTING;
        }
        if (session.leaveTime().isSet() || rebalancing.concerns(session)) {
            return SessionInfo.Phase.LEAVING;
        }
        return session.isHalfClosed() ? SessionInfo.Phase.HALF_CLOSED : SessionInfo.Phase.ESTABLISHED;
    }

    Dialer dialer() {
        return dialer;
    }

    Duration halfCloseTimeout() {
        return settings.halfCloseTimeout();
    }

    long nanoTime() {
        return nanoTime.getAsLong();
    }

    /** Nano time, coarse unless a session's idleness is measured. */
    long activityNanos() {
        return lifetimes.watchIdleness() ? nanoTime.getAsLong() : loops.coarseNanos();
    }

    /** See {@link Lifetimes#drawAge}. */
    long drawAge() {
        return lifetimes.drawAge();
    }
}
