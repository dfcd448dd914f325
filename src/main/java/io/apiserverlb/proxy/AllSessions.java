package io.apiserverlb.proxy;

import io.apiserverlb.pool.CloseReason;
import io.apiserverlb.pool.ServerAddress;
import io.apiserverlb.pool.SessionControl;
import io.apiserverlb.pool.SessionInfo;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The sessions of clients, and those of this process itself beside them. */
public final class AllSessions implements SessionControl {
    /** By the difference, as nano times may overflow. */
    private static final Comparator<Session> OLDEST_FIRST =
            (one, other) -> Long.signum(one.acceptedAt() - other.acceptedAt());

    private final Sessions clients;
    private final List<Sessions> all;

    /** @param others are seen and closed like those of clients, but take no part in evening out */
    public AllSessions(Sessions clients, List<Sessions> others) {
        this.clients = clients;
        this.all = Stream.concat(Stream.of(clients), others.stream()).toList();
    }

    /** In one pass that keeps no more than are asked for: there may be very many. */
    @Override
    public List<SessionInfo> newest(int limit, @Nullable Set<ServerAddress> servers) {
        PriorityQueue<Session> newest = new PriorityQueue<>(OLDEST_FIRST);
        for (Sessions sessions : all) {
            for (Session session : sessions.live()) {
                if (isOf(servers, session)) {
                    newest.add(session);
                    if (newest.size() > limit) {
                        newest.remove();
                    }
                }
            }
        }
        List<Session> sorted = new ArrayList<>(newest);
        sorted.sort(OLDEST_FIRST.reversed());
        return sorted.stream().map(Session::info).toList();
    }

    private static boolean isOf(@Nullable Set<ServerAddress> servers, Session session) {
        if (servers == null) {
            return true;
        }
        ServerAddress server = session.serverAddress();
        return server != null && servers.contains(server);
    }

    @Override
    public Optional<SessionInfo> find(String id) {
        return session(id).map(Session::info);
    }

    @Override
    public boolean close(String id) {
        Optional<Session> session = session(id);
        session.ifPresent(found -> found.close(CloseReason.ADMIN));
        return session.isPresent();
    }

    /** They are looked through, so that a session costs nothing more for it. */
    private Optional<Session> session(String id) {
        return all.stream()
                .flatMap(sessions -> sessions.live().stream())
                .filter(session -> session.id().equals(id))
                .findFirst();
    }

    @Override
    public int surplus(int maxPercent) {
        return clients.rebalancing().surplus(maxPercent).size();
    }

    @Override
    public int rebalance(int maxPercent) {
        return clients.rebalancing().start(maxPercent);
    }
}
