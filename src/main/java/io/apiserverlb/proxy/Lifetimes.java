package io.apiserverlb.proxy;

import io.apiserverlb.pool.CloseReason;
import io.netty.channel.EventLoopGroup;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * Ends sessions on which nothing moves and those that are old, also while they are still connecting.
 *
 * <p>Looks at all of them now and then; what is found due is judged again, and ended, on the session's own loop.
 */
final class Lifetimes {
    private static final long SHORTEST_PERIOD = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long LONGEST_PERIOD = TimeUnit.SECONDS.toNanos(1);
    /** How late a session may end, as a share of its time. */
    private static final int LATENESS = 10;
    /** Sessions that began together do not end together: each lives this share of the age more or less. */
    private static final double JITTER = 0.1;

    private final long idleTimeout;
    private final long maxAge;
    private final Collection<Session> live;
    private final LongSupplier nanoTime;
    private final RandomGenerator random;

    Lifetimes(Sessions.Lifetime settings, Collection<Session> live, LongSupplier nanoTime, RandomGenerator random) {
        this.idleTimeout = orNever(settings.idleTimeout());
        this.maxAge = orNever(settings.maxAge());
        this.live = live;
        this.nanoTime = nanoTime;
        this.random = random;
    }

    private static long orNever(Duration limit) {
        return limit.isZero() ? Long.MAX_VALUE : limit.toNanos();
    }

    /** Looks from now on, until the loops end; never if there is nothing to look for. */
    void start(EventLoopGroup loops) {
        long shortest = Math.min(idleTimeout, maxAge);
        if (shortest != Long.MAX_VALUE) {
            long period = Math.min(LONGEST_PERIOD, Math.max(SHORTEST_PERIOD, shortest / LATENESS));
            loops.next().scheduleWithFixedDelay(this::sweep, period, period, TimeUnit.NANOSECONDS);
        }
    }

    /** Whether it matters when exactly a session was last active. */
    boolean watchIdleness() {
        return idleTimeout != Long.MAX_VALUE;
    }

    /** How old a new session may become, in nanoseconds. */
    long drawAge() {
        return maxAge == Long.MAX_VALUE ? maxAge : (long) (maxAge * (1 - JITTER + 2 * JITTER * random.nextDouble()));
    }

    private void sweep() {
        long now = nanoTime.getAsLong();
        for (Session session : live) {
            if (isOld(session, now) || isIdle(session, now)) {
                session.client().loop().execute(() -> endIfDue(session));
            }
        }
    }

    /** Seen from another loop, what the session did last may have been stale. */
    private void endIfDue(Session session) {
        long now = nanoTime.getAsLong();
        if (isOld(session, now)) {
            session.end(Ending.onPurpose(CloseReason.MAX_AGE));
        } else if (isIdle(session, now)) {
            session.end(Ending.idle(session.waitsFor(), session.isHalfClosed()));
        }
    }

    private static boolean isOld(Session session, long now) {
        return now - session.acceptedAt() >= session.maxAge();
    }

    private boolean isIdle(Session session, long now) {
        // A connection that has just been made is no idle one, whatever it took to make it.
        long age = now - session.acceptedAt() - Math.max(0, session.connectNanos());
        return Math.min(now - session.lastActive(), age) >= idleTimeout;
    }
}
