package io.apiserverlb.proxy;

import io.apiserverlb.pool.AdminState;
import io.apiserverlb.pool.Certificate;
import io.apiserverlb.pool.CloseReason;
import io.apiserverlb.pool.Server;
import io.apiserverlb.pool.ServerAddress;
import io.apiserverlb.pool.ServerList;
import io.apiserverlb.pool.ServerPool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Closes sessions whose server takes none any more: spread over time with jitter, idle ones first, so that the other servers do not get
 * all of their clients at once.
 *
 * <p>Safe for use by any thread.
 */
final class Departures {
    private final Sessions.Settings settings;
    private final ServerPool pool;
    private final ScheduledExecutorService scheduler;
    private final RandomGenerator random;

    Departures(
            Sessions.Settings settings, ServerPool pool, ScheduledExecutorService scheduler, RandomGenerator random) {
        this.settings = settings;
        this.pool = pool;
        this.scheduler = scheduler;
        this.random = random;
    }

    /** Sets a time for the closing of each of these sessions that has to leave. */
    void depart(Collection<Session> sessions, ServerList list) {
        Map<CloseReason, List<Session>> leaving = new EnumMap<>(CloseReason.class);
        for (Session session : sessions) {
            CloseReason reason = reason(session, list);
            // One that has time to leave may yet have to leave at once.
            if (reason != null && (over(reason).isZero() || session.leaving().compareAndSet(false, true))) {
                leaving.computeIfAbsent(reason, r -> new ArrayList<>()).add(session);
            }
        }
        leaving.forEach((reason, group) -> spread(group, over(reason), this::closeIfStill));
    }

    /** Whether a list may make sessions leave that its predecessor let stay; most lists only tell of another check. */
    static boolean concerns(@Nullable ServerList before, ServerList after) {
        return after.servers().stream().anyMatch(server -> reason(server) != null)
                || (before != null
                        && before.servers().stream()
                                .anyMatch(server -> after.find(server.address()).isEmpty()));
    }

    /** Closes all of these sessions whatever their servers do. */
    void closeAll(Collection<Session> sessions, Duration over) {
        spread(new ArrayList<>(sessions), over, session -> session.close(CloseReason.SHUTDOWN));
    }

    private void spread(List<Session> sessions, Duration over, Consumer<Session> step) {
        // Read once: it changes while others are being sorted.
        Map<Session, Long> lastActive = new HashMap<>();
        sessions.forEach(session -> lastActive.put(session, session.lastActive()));
        sessions.sort(Comparator.comparing(lastActive::get));
        double slot = (double) over.toNanos() / sessions.size();
        for (int i = 0; i < sessions.size(); i++) {
            Session session = sessions.get(i);
            long delay = (long) (slot * (i + random.nextDouble()));
            scheduler.schedule(() -> step.accept(session), delay, TimeUnit.NANOSECONDS);
        }
    }

    /** The server may have come back by the time. */
    private void closeIfStill(Session session) {
        session.leaving().set(false);
        CloseReason reason = reason(session, pool.list());
        if (reason != null) {
            session.leave(reason);
        }
    }

    private Duration over(CloseReason reason) {
        boolean atOnce = reason == CloseReason.DOWN
                || (reason == CloseReason.REMOVED && settings.onRemoved() == Sessions.OnRemoved.CLOSE);
        return atOnce ? Duration.ZERO : settings.drainTimeout();
    }

    /** Why a session has to leave its server, or null if it may stay. */
    static @Nullable CloseReason reason(Session session, ServerList list) {
        ServerAddress address = session.serverAddress();
        if (address == null) {
            return null;
        }
        Server server = list.find(address).orElse(null);
        return server == null ? CloseReason.REMOVED : reason(server);
    }

    private static @Nullable CloseReason reason(Server server) {
        Certificate certificate = server.observed().certificate();
        if (certificate != null && certificate.identity() == Certificate.Identity.REFUSED) {
            return CloseReason.DOWN;
        }
        if (server.setting().admin() != AdminState.READY) {
            return server.setting().admin() == AdminState.MAINT ? CloseReason.MAINT : CloseReason.DRAIN;
        }
        return server.health().stopping() && !server.softIgnored() ? CloseReason.DRAIN : null;
    }
}
