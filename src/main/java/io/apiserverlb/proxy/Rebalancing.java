package io.apiserverlb.proxy;

import io.apiserverlb.pool.CloseReason;
import io.apiserverlb.pool.Lease;
import io.apiserverlb.pool.ServerAddress;
import io.apiserverlb.pool.ServerPool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Takes sessions from servers that have more than their share, so that they come to others.
 *
 * <p>Safe for use by any thread.
 */
final class Rebalancing {
    private static final int PERCENT = 100;

    private final Collection<Session> live;
    private final ServerPool pool;
    private final Duration over;
    private final Pacing pacing;
    /** Those that are to be closed; each until its time, also if it has ended before. */
    private final Set<Session> leaving = ConcurrentHashMap.newKeySet();

    /** @param over the time over which sessions are closed */
    Rebalancing(Collection<Session> live, ServerPool pool, Duration over, Pacing pacing) {
        this.live = live;
        this.pool = pool;
        this.over = over;
        this.pacing = pacing;
    }

    /** The sessions that are too many, of each server those that are idle for longest; of all no more than a share. */
    List<Session> surplus(int maxPercent) {
        Map<ServerAddress, List<Session>> sessions = new HashMap<>();
        for (Session session : live) {
            ServerAddress server = session.serverAddress();
            if (server != null) {
                sessions.computeIfAbsent(server, s -> new ArrayList<>()).add(session);
            }
        }
        List<Session> surplus = new ArrayList<>();
        pool.surplus().forEach((server, more) -> {
            List<Session> staying = sessions.getOrDefault(server, new ArrayList<>());
            int all = staying.size();
            staying.removeIf(leaving::contains);
            int leave = Math.min(more - (all - staying.size()), staying.size());
            if (leave > 0) {
                Pacing.sort(staying);
                surplus.addAll(staying.subList(0, leave));
            }
        });
        Pacing.sort(surplus);
        // Where that is less than one session it would never get anywhere.
        long most = Math.max(1, (long) live.size() * maxPercent / PERCENT);
        return surplus.subList(0, (int) Math.min(most, surplus.size()));
    }

    /** Closes them, each when its time comes if its server still has too many. */
    synchronized int start(int maxPercent) {
        List<Session> surplus = surplus(maxPercent);
        pacing.spread(
                surplus,
                Duration.ZERO,
                over,
                (session, time) -> leaving.add(session),
                (session, time) -> take(session));
        return surplus.size();
    }

    private void take(Session session) {
        leaving.remove(session);
        Lease lease = session.lease();
        if (lease != null && pool.surplus().containsKey(lease.server().address())) {
            session.leave(lease, Ending.onPurpose(CloseReason.REBALANCE));
        }
    }

    boolean concerns(Session session) {
        return leaving.contains(session);
    }
}
