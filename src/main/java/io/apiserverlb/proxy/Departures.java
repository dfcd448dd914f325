package io.apiserverlb.proxy;

import io.apiserverlb.pool.CloseReason;
import io.apiserverlb.pool.Lease;
import io.apiserverlb.pool.Server;
import io.apiserverlb.pool.ServerList;
import io.apiserverlb.pool.ServerPool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Takes sessions from servers that they must leave: spread over time with jitter, idle ones first, so that the other servers do not get
 * all of their clients at once.
 *
 * <p>Safe for use by any thread.
 */
final class Departures {
    private final ClosingRules rules;
    private final ServerPool pool;
    private final Pacing pacing;

    Departures(ClosingRules rules, ServerPool pool, Pacing pacing) {
        this.rules = rules;
        this.pool = pool;
        this.pacing = pacing;
    }

    /**
     * Sets a time for each of these sessions that has to leave and is not to leave sooner anyway; the others may stay again. On the loop of
     * all departures.
     */
    void depart(Collection<Session> sessions, ServerList list) {
        long now = pacing.nanoTime().getAsLong();
        Map<Departure, List<Session>> leaving = new HashMap<>();
        for (Session session : sessions) {
            Departure departure = Departure.of(session, list, rules);
            if (departure == null) {
                session.leaveTime().clear();
            } else if (!session.leaveTime().isBy(now + departure.over().toNanos())) {
                leaving.computeIfAbsent(departure, d -> new ArrayList<>()).add(session);
            }
        }
        leaving.forEach((departure, group) -> pacing.spread(
                group,
                departure.after(),
                departure.over(),
                Departures::setTime,
                (session, time) -> takeFromServer(session, time, departure)));
    }

    /** Whether a session that has just got its server has to leave it already, which hardly ever happens. */
    boolean concerns(Session session, ServerList list) {
        return Departure.of(session, list, rules) != null;
    }

    /** Whether a list gives any session a reason to leave a server that is in it; most lists only tell of another check. */
    boolean makesLeave(ServerList list) {
        return list.servers().stream()
                .anyMatch(server -> hasSessions(server) && Departure.of(server, list, rules) != null);
    }

    /** Whether servers have gone or come. */
    static boolean differ(@Nullable ServerList before, ServerList after) {
        return before != null
                && (before.servers().size() != after.servers().size()
                        || before.servers().stream()
                                .anyMatch(server -> after.find(server.address()).isEmpty()));
    }

    private static boolean hasSessions(Server server) {
        return server.load().active() > 0;
    }

    /** Closes all of these sessions whatever their servers do. */
    void closeAll(Collection<Session> sessions, Duration over) {
        pacing.spread(
                new ArrayList<>(sessions),
                Duration.ZERO,
                over,
                Departures::setTime,
                (session, time) -> session.close(CloseReason.SHUTDOWN));
    }

    private static void setTime(Session session, long time) {
        session.leaveTime().set(time);
    }

    /** The server may have come back by the time, the session may have got an earlier one, or it may have been sent something since. */
    private void takeFromServer(Session session, long time, Departure planned) {
        Lease lease = session.lease();
        if (session.leaveTime().isOver(time) && lease != null) {
            ServerList list = pool.list();
            Departure departure = Departure.of(session, list, rules);
            if (departure == null) {
                return;
            }
            if (departure.over().compareTo(planned.over()) > 0) {
                depart(List.of(session), list);
            } else {
                session.leave(lease, departure.ending());
            }
        }
    }
}
