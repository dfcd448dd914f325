package io.apiserverlb.api;

import io.apiserverlb.pool.ServerAddress;
import io.apiserverlb.pool.SessionControl;
import io.apiserverlb.pool.SessionInfo;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Sessions as a test makes them, the newest first. */
final class FakeSessionControl implements SessionControl {
    final List<SessionInfo> sessions = new CopyOnWriteArrayList<>();
    final List<Integer> rebalanced = new CopyOnWriteArrayList<>();
    volatile int surplus;

    void reset() {
        sessions.clear();
        rebalanced.clear();
        surplus = 0;
    }

    static SessionInfo session(String id, @Nullable String caller, int port, @Nullable String server) {
        return new SessionInfo(
                id,
                caller,
                new InetSocketAddress("198.51.100.7", port),
                new InetSocketAddress("192.0.2.5", 6444),
                server == null ? null : Values.address(server),
                server == null ? SessionInfo.Phase.CONNECTING : SessionInfo.Phase.ESTABLISHED,
                Duration.ofMillis(61_500),
                Duration.ofMillis(1_250),
                1234,
                5678);
    }

    @Override
    public List<SessionInfo> newest(int limit, @Nullable Set<ServerAddress> servers) {
        return sessions.stream()
                .filter(session -> servers == null || (session.server() != null && servers.contains(session.server())))
                .limit(limit)
                .toList();
    }

    @Override
    public Optional<SessionInfo> find(String id) {
        return sessions.stream().filter(session -> session.id().equals(id)).findFirst();
    }

    @Override
    public boolean close(String id) {
        return sessions.removeIf(session -> session.id().equals(id));
    }

    @Override
    public int surplus(int maxPercent) {
        return surplus;
    }

    @Override
    public int rebalance(int maxPercent) {
        rebalanced.add(maxPercent);
        return surplus;
    }
}
