package io.apiserverlb.proxy;

import io.apiserverlb.pool.Event;
import io.apiserverlb.pool.Events;
import io.apiserverlb.pool.Rejection;
import io.apiserverlb.pool.ServerPool;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Turns away clients that may have no session, with a reset.
 *
 * <p>Confined to the event loop of the listeners, but for the counts.
 */
final class Admission {
    /** Whoever is refused tries again and again, and there is room for a limited number of events. */
    private static final long REPORT_EVERY_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final ClientRules rules;
    private final ServerPool pool;
    private final Events events;
    private final LongSupplier nanoTime;
    /** Sessions by client; an address without any is not in it. */
    private final Map<InetAddress, Integer> counts = new ConcurrentHashMap<>();

    private long nextReport;
    private long unreported;

    Admission(ClientRules rules, ServerPool pool, Events events, LongSupplier nanoTime) {
        this.rules = rules;
        this.pool = pool;
        this.events = events;
        this.nanoTime = nanoTime;
        this.nextReport = nanoTime.getAsLong();
    }

    /** Takes a client in, or says why it is turned away. */
    boolean admit(Leg client) {
        InetAddress address = client.remote().getAddress();
        if (!isLocal(client) && !rules.allows(address)) {
            report(Rejection.ACL, address, unlisted(address));
            return false;
        }
        if (rules.maxConnections() > 0 && !count(client, address)) {
            report(Rejection.LIMIT, address, full());
            return false;
        }
        return true;
    }

    /**
     * Why a client would be turned away now; by any thread.
     *
     * @param local whether it comes to a loopback address
     */
    @Nullable
    String refusal(InetAddress client, boolean local) {
        if (!local && !rules.allows(client)) {
            return unlisted(client);
        }
        boolean full = rules.maxConnections() > 0 && isFull(client);
        return full ? full() : null;
    }

    private String unlisted(InetAddress client) {
        return rules.denies(client) ? "is on lb.clients.deny" : "is not on lb.clients.allow";
    }

    private String full() {
        return "has " + rules.maxConnections() + " connections, the most that lb.max-connections-per-client allows";
    }

    /** Whoever comes to a loopback address comes from this host. */
    private static boolean isLocal(Leg client) {
        return client.local().getAddress().isLoopbackAddress();
    }

    private boolean count(Leg client, InetAddress address) {
        if (isFull(address)) { // only this loop adds to it
            return false;
        }
        counts.merge(address, 1, Integer::sum);
        client.whenClosed(() -> counts.computeIfPresent(address, Admission::oneLess));
        return true;
    }

    private boolean isFull(InetAddress client) {
        return counts.getOrDefault(client, 0) >= rules.maxConnections();
    }

    private static @Nullable Integer oneLess(InetAddress address, Integer count) {
        return count == 1 ? null : count - 1;
    }

    private void report(Rejection reason, InetAddress client, String why) {
        pool.rejected(reason);
        long now = nanoTime.getAsLong();
        if (now - nextReport < 0) {
            unreported++;
            return;
        }
        nextReport = now + REPORT_EVERY_NANOS;
        String message = "the client " + NetUtil.toAddressString(client) + " was refused: it " + why;
        events.record(
                Event.Type.LISTENER,
                Event.Severity.WARN,
                "listener",
                unreported == 0 ? message : message + "; " + unreported + " more were refused before");
        unreported = 0;
    }

    /** How many addresses have sessions. */
    int clients() {
        return counts.size();
    }
}
