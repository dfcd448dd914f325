package io.apiserverlb.proxy;

import io.apiserverlb.pool.ConnectFailure;
import io.apiserverlb.pool.Hedge;
import io.apiserverlb.pool.Lease;
import io.apiserverlb.pool.Server;
import io.apiserverlb.pool.ServerAddress;
import io.apiserverlb.pool.ServerList;
import io.apiserverlb.pool.ServerPool;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The attempts to connect one client: the next server at once when one fails, a rival beside one that is silent, the first to connect
 * wins. Goes on where it ended if the winner proves to be of no use. Confined to one event loop.
 */
final class Dial {
    /** A second try at the only server there is, as in HAProxy's {@code retries} without another server to redispatch to. */
    private static final Duration SINGLE_SERVER_RETRY = Duration.ofSeconds(1);

    /** Before the next attempt when this process has no descriptor, port or buffer left. */
    private static final Duration OWN_TROUBLE_PAUSE = Duration.ofMillis(200);

    /** Of a client that waits for a server: between two looks at the list, and until all are tried again whatever it says. */
    private static final Duration LOOK = Duration.ofMillis(100);

    private static final Duration LOOK_AT_NOTHING_NEW = Duration.ofSeconds(1);

    /** What came of it. */
    interface Result {
        /**
         * A server is connected to.
         *
         * @param retries attempts that failed before
         */
        void connected(Leg server, Lease lease, Retries retries);

        /** No server is, and none is being tried any more. */
        void failed(List<DialFailure> failures, Retries retries);
    }

    private final Dialer dialer;
    private final Dialer.Settings settings;
    private final ServerPool pool;
    private final EventLoop loop;
    private final InetAddress client;
    private final LongSupplier nanoTime;
    private final Result result;
    private final long deadline;

    private final List<ServerAddress> tried = new ArrayList<>(2);
    private final List<Attempt> inFlight = new ArrayList<>(2);
    private final List<DialFailure> failures = new ArrayList<>(0);
    /** A server that has connected and says nothing, beside which this dial is for a rival only. */
    private @Nullable Server silent;
    /** The next thing to do if nothing happens before. */
    private @Nullable Runnable step;

    private long stepAt;
    /** Rings at the earliest time at which something is due, or before. */
    private @Nullable Future<?> alarm;

    private long alarmAt;
    private int rivals;
    private int failedBefore;
    private @Nullable ServerAddress first;
    private @Nullable ServerAddress triedLast;
    private boolean redispatched;
    private boolean retriedSingle;
    /** An attempt failed for want of something of our own: all may be tried again when it has been freed. */
    private boolean ownTrouble;

    /** All have been tried, and the client waits for one that may be worth another try. */
    private boolean queued;

    /** Nano time when it waited so last, if it ever did. */
    private long queuedUntil;

    private boolean done;

    Dial(Dialer dialer, EventLoop loop, InetAddress client, LongSupplier nanoTime, Result result) {
        this.dialer = dialer;
        this.settings = dialer.settings();
        this.pool = dialer.pool();
        this.loop = loop;
        this.client = client;
        this.nanoTime = nanoTime;
        this.result = result;
        this.deadline = nanoTime.getAsLong() + settings.budget().toNanos();
    }

    void start() {
        next();
    }

    /** Goes on without the server that won, which broke the connection before it said anything. */
    void goOn(DialFailure failure) {
        failures.add(failure);
        goOn();
    }

    /** Goes on without the server that won, which did nothing wrong: the others may be tried once more. */
    void leave(ServerAddress won) {
        tried.clear();
        tried.add(won);
        inFlight.forEach(attempt -> tried.add(attempt.lease().server().address()));
        goOn();
    }

    private void goOn() {
        silent = null;
        if (done) {
            done = false;
            start();
        }
    }

    /**
     * Looks for a rival beside the server that won and is silent.
     *
     * @return false if there is none that promises more
     */
    boolean rival(Server beside) {
        silent = beside;
        Lease lease = left() > 0 ? acquireRival() : null;
        if (lease == null) {
            return false;
        }
        done = false;
        attempt(lease, false);
        return true;
    }

    /** Ends all attempts without a result. */
    void cancel() {
        finish(null);
    }

    boolean isOutOfTime() {
        return left() <= 0;
    }

    /** How it has gone so far. */
    Search search() {
        long until = queued ? nanoTime.getAsLong() : queuedUntil;
        return new Search(
                triedLast,
                queued,
                hasQueued() ? until - deadline + settings.budget().toNanos() : 0);
    }

    /** Whether the client has ever waited for a server that might be worth a try. */
    boolean hasQueued() {
        return queued || queuedUntil != 0;
    }

    /** Attempts so far, beside the last one. */
    Retries retries() {
        int failed = failedBefore + failures.size();
        return retries(Math.max(0, inFlight.isEmpty() ? failed - 1 : failed));
    }

    private long left() {
        return deadline - nanoTime.getAsLong();
    }

    private void next() {
        if (done || left() <= 0) {
            giveUp();
            return;
        }
        Lease lease = silent == null ? pool.acquire(client, tried) : acquireRival();
        if (lease != null) {
            attempt(lease, false);
        } else if (inFlight.isEmpty()) {
            nothingLeft();
        }
    }

    /** Nobody has failed yet, but somebody is late. */
    private void hedge() {
        ServerList known = pool.list();
        if (!callRival()) {
            inFlight.forEach(attempt -> attempt.lease().silent(false));
            later(LOOK, () -> lookForRival(known));
        }
    }

    /** A server may have become usable meanwhile. */
    private void lookForRival(ServerList known) {
        ServerList now = pool.list();
        if (now == known || !callRival()) {
            later(LOOK, () -> lookForRival(now));
        }
    }

    private boolean callRival() {
        Lease lease = acquireRival();
        if (lease == null) {
            return false;
        }
        inFlight.forEach(attempt -> attempt.lease().silent(true));
        rivals++;
        attempt(lease, true);
        return true;
    }

    /** Silence alone is no reason to try a server that takes no sessions, unless there is no other. */
    private @Nullable Lease acquireRival() {
        Lease lease = pool.acquire(client, tried);
        if (lease == null || lease.server().usable() || !besideUsable()) {
            return lease;
        }
        lease.abandon();
        return null;
    }

    private boolean besideUsable() {
        return (silent != null && silent.usable())
                || inFlight.stream()
                        .anyMatch(attempt -> attempt.lease().server().usable());
    }

    private void attempt(Lease lease, boolean rival) {
        ServerAddress server = lease.server().address();
        redispatched |= first != null && !server.equals(first);
        first = first == null ? server : first;
        tried.add(server);
        triedLast = server;
        long now = nanoTime.getAsLong();
        queuedUntil = queued ? now : queuedUntil;
        queued = false;
        long timeoutAt = now + settings.timeout().toNanos();
        try {
            Leg leg = dialer.connect(loop, server);
            Attempt attempt = new Attempt(lease, leg, rival, timeoutAt);
            inFlight.add(attempt);
            leg.whenConnected(failure -> completed(attempt, failure));
        } catch (IOException e) {
            Attempt attempt = new Attempt(lease, null, rival, timeoutAt);
            inFlight.add(attempt);
            loop.execute(() -> completed(attempt, e)); // not at once: there may be many, each beginning the next
        }
        hedgeLater();
    }

    private void hedgeLater() {
        if (!done && !settings.hedgeAfter().isZero()) {
            later(settings.hedgeAfter(), this::hedge);
        } else {
            setAlarm();
        }
    }

    private void completed(Attempt attempt, @Nullable Throwable cause) {
        if (!inFlight.remove(attempt)) {
            return; // abandoned before
        }
        if (cause == null) {
            attempt.lease().connected();
            finish(attempt);
            result.connected(
                    Objects.requireNonNull(attempt.leg()), attempt.lease(), retries(failedBefore + failures.size()));
            return;
        }
        DialFailure failure = DialFailure.of(attempt.server(), cause);
        attempt.lease().failed(failure.reason());
        failures.add(failure);
        ownTrouble |= failure.reason() == ConnectFailure.LOCAL;
        next();
    }

    private Retries retries(int count) {
        return new Retries(count, count > 0 && redispatched);
    }

    private void nothingLeft() {
        boolean single = tried.size() == 1 && !retriedSingle;
        if (silent != null) {
            giveUp();
        } else if (ownTrouble) {
            ownTrouble = false;
            later(OWN_TROUBLE_PAUSE, this::again);
        } else if (single && left() > SINGLE_SERVER_RETRY.toNanos()) {
            retriedSingle = true;
            later(SINGLE_SERVER_RETRY, this::again);
        } else if (settings.zeroServers() == ZeroServers.WAIT) {
            queued = true;
            ServerList known = pool.list();
            later(LOOK, () -> lookAgain(known, LOOK_AT_NOTHING_NEW.minus(LOOK)));
        } else {
            giveUp();
        }
    }

    private void lookAgain(ServerList known, Duration patience) {
        if (patience.isNegative() || pool.list().promisesMoreThan(known)) {
            again();
        } else {
            later(LOOK, () -> lookAgain(known, patience.minus(LOOK)));
        }
    }

    private void again() {
        tried.clear();
        failedBefore += failures.size();
        failures.clear();
        next();
    }

    private void later(Duration pause, Runnable next) {
        step = next;
        stepAt = nanoTime.getAsLong() + pause.toNanos();
        setAlarm();
    }

    /** One for all, as most dials are over before anything is due. */
    private void setAlarm() {
        if (done) {
            return;
        }
        long at = step == null ? deadline : earlier(deadline, stepAt);
        for (Attempt attempt : inFlight) {
            at = earlier(at, attempt.timeoutAt());
        }
        if (alarm == null || at - alarmAt < 0) {
            cancelAlarm();
            alarmAt = at;
            alarm = loop.schedule(this::ring, Math.max(0, at - nanoTime.getAsLong()), TimeUnit.NANOSECONDS);
        }
    }

    private static long earlier(long one, long other) {
        return one - other < 0 ? one : other;
    }

    private void ring() {
        alarm = null;
        if (left() <= 0) {
            giveUp();
            return;
        }
        long now = nanoTime.getAsLong();
        for (Attempt attempt : List.copyOf(inFlight)) {
            if (attempt.timeoutAt() - now <= 0) {
                completed(attempt, new ConnectTimeoutException());
                attempt.close(); // after it: closing a channel completes its attempt
            }
        }
        Runnable due = step;
        if (due != null && stepAt - now <= 0) {
            step = null;
            due.run();
        }
        setAlarm();
    }

    private void cancelAlarm() {
        if (alarm != null) {
            alarm.cancel(false);
            alarm = null;
        }
    }

    private void giveUp() {
        if (!done) {
            inFlight.forEach(
                    attempt -> failures.add(new DialFailure(attempt.server(), ConnectFailure.TIMEOUT, "no answer")));
            finish(null);
            result.failed(failures, retries());
        }
    }

    private void finish(@Nullable Attempt winner) {
        int won = winner != null && winner.rival() ? 1 : 0;
        for (int i = 0; i < rivals; i++) {
            pool.hedged(Hedge.CONNECT, i < won);
        }
        rivals = 0;
        done = true;
        step = null;
        cancelAlarm();
        List<Attempt> losers = List.copyOf(inFlight);
        inFlight.clear(); // first: closing a channel completes its attempt
        losers.forEach(Attempt::abandon);
    }
}
