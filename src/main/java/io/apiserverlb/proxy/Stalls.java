package io.apiserverlb.proxy;

import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps TCP_USER_TIMEOUT from ending connections to a peer that is alive and only does not read.
 *
 * <p>The kernel goes on to do the ending; here the limit is moved, see {@link Stall}. Connections on which nothing moves cost nothing.
 */
final class Stalls {
    /** How far {@link Session#lastActive} may lag behind. */
    private static final long COARSENESS = TimeUnit.SECONDS.toNanos(2);

    private final Duration timeout;
    private final Collection<Session> live;
    private final LongSupplier nanoTime;

    /** Of these sessions, some of which may end at any time. */
    Stalls(Duration timeout, Collection<Session> live, LongSupplier nanoTime) {
        this.timeout = timeout;
        this.live = live;
        this.nanoTime = nanoTime;
    }

    /** Looks from now on, until the loops end; NIO shows nothing of a connection, and sets no such timeout. */
    void start(EventLoops loops) {
        if (loops.epoll() && !timeout.isZero()) {
            long period = Stall.period(timeout);
            for (EventExecutor loop : loops.group()) {
                loop.scheduleAtFixedRate(new Watch(loop, nanoTime.getAsLong()), period, period, TimeUnit.NANOSECONDS);
            }
        }
    }

    /** The connections of one loop on which something has moved; confined to it. */
    private final class Watch implements Runnable {
        private final EventExecutor loop;
        private final Map<Leg, Stall> watched = new HashMap<>();
        private long latestLook;

        Watch(EventExecutor loop, long begun) {
            this.loop = loop;
            this.latestLook = begun;
        }

        @Override
        public void run() {
            long now = nanoTime.getAsLong();
            for (Session session : live) {
                if (session.client().loop() == loop && session.lastActive() - (latestLook - COARSENESS) >= 0) {
                    watch(session.client());
                    watch(session.server());
                }
            }
            latestLook = now;
            Iterator<Map.Entry<Leg, Stall>> each = watched.entrySet().iterator();
            while (each.hasNext()) {
                Map.Entry<Leg, Stall> entry = each.next();
                Stall next = look(entry.getKey(), entry.getValue(), now);
                if (next == null) {
                    each.remove();
                } else {
                    entry.setValue(next);
                }
            }
        }

        private void watch(@Nullable Leg leg) {
            if (leg != null && !leg.remote().getAddress().isLoopbackAddress()) {
                watched.putIfAbsent(leg, Stall.none(timeout));
            }
        }

        /** What is known now; null if there is nothing more to look for. */
        private @Nullable Stall look(Leg leg, Stall before, long now) {
            TcpInfo info = leg.isOpen() ? leg.tcpInfo() : null;
            if (info == null) {
                return null;
            }
            Stall next = before.after(now, sample(leg, info, now));
            if (next.limit() != before.limit()) {
                long millis = TimeUnit.NANOSECONDS.toMillis(next.limit());
                leg.userTimeout((int) Math.min(millis, Integer.MAX_VALUE));
            }
            return next.over() ? null : next;
        }

        private Stall.Sample sample(Leg leg, TcpInfo info, long now) {
            return new Stall.Sample(
                    info.unacked() > 0 || leg.isBlocked(),
                    info.unacked() > 0,
                    info.backoff(),
                    info.probes() > 0,
                    now - TimeUnit.MILLISECONDS.toNanos(info.lastDataSent()),
                    now - TimeUnit.MILLISECONDS.toNanos(info.lastAckReceived()));
        }
    }
}
