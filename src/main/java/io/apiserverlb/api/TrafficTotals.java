package io.apiserverlb.api;

import io.apiserverlb.pool.Load;
import io.apiserverlb.pool.Server;
import io.apiserverlb.pool.ServerList;
import java.util.HashMap;
import java.util.Map;

/**
 * How much has gone through the balancer while somebody counted: only grows, though servers go, and begin anew when they come back.
 *
 * <p>For one thread at a time.
 */
final class TrafficTotals {
    /** What the counters of one server said. */
    private record Seen(long connections, long bytesIn, long bytesOut) {
        static Seen of(Load load) {
            return new Seen(load.total(), load.bytesIn(), load.bytesOut());
        }
    }

    private Map<Load, Seen> known = new HashMap<>();
    private long connections;
    private long bytesIn;
    private long bytesOut;

    /** Adds what the counters have grown by since the last time; one not seen before begins to count. */
    void count(ServerList list) {
        Map<Load, Seen> next = new HashMap<>();
        for (Server server : list.servers()) {
            add(server.load(), next);
        }
        for (Load load : known.keySet()) {
            if (load.active() > 0 && !next.containsKey(load)) { // its server is gone, its sessions are not
                add(load, next);
            }
        }
        known = next;
    }

    private void add(Load load, Map<Load, Seen> next) {
        Seen now = Seen.of(load);
        Seen before = known.getOrDefault(load, now);
        connections += now.connections - before.connections;
        bytesIn += now.bytesIn - before.bytesIn;
        bytesOut += now.bytesOut - before.bytesOut;
        next.put(load, now);
    }

    long connections() {
        return connections;
    }

    long bytesIn() {
        return bytesIn;
    }

    long bytesOut() {
        return bytesOut;
    }
}
