package io.apiserverlb.pool;

import java.util.function.LongSupplier;

/**
 * What sessions say of their servers: evidence for the pool, news for the audience.
 *
 * <p>Safe for use by any thread; a session that goes well takes no lock.
 */
final class Traffic {
    private static final String ACTOR = "traffic";

    private final ServerPool pool;
    private final Evidence evidence;
    private final Audience audience;
    private final LongSupplier nanoTime;

    Traffic(ServerPool pool, Evidence evidence, Audience audience, LongSupplier nanoTime) {
        this.pool = pool;
        this.evidence = evidence;
        this.audience = audience;
        this.nanoTime = nanoTime;
    }

    void connected(ServerAddress address, long nanos) {
        audience.tell(listener -> listener.connected(address, nanos));
    }

    void answered(ServerAddress address) {
        Server server = pool.list().get(address);
        if (server != null && server.health().hasTrafficAgainstIt()) {
            pool.update(address, ACTOR, answering -> evidence.answered(answering.condition()));
        }
    }

    void silent(ServerAddress address, boolean outpaced) {
        pool.update(address, ACTOR, server -> evidence.late(server.condition(), outpaced));
    }

    void unanswered(ServerAddress address, long since) {
        Server server = pool.list().get(address);
        Long passedAt = server == null ? null : server.condition().streak().passedAt();
        if (passedAt == null || passedAt - since <= 0) {
            silent(address, false);
        }
    }

    void failedToConnect(ServerAddress address, ConnectFailure reason, long nanos) {
        if (reason.isTheServers()) {
            holdAgainst(address);
        }
        audience.tell(listener -> listener.failedToConnect(address, reason, nanos));
    }

    /** Takes it as a failed connection, whatever it was. */
    void holdAgainst(ServerAddress address) {
        pool.update(address, ACTOR, server -> {
            boolean last = server.usable() && pool.list().usableBeside(server) == 0;
            return evidence.failedToConnect(server.condition(), last, nanoTime.getAsLong());
        });
    }

    void sessionEnded(ServerAddress address, CloseReason reason, long nanos) {
        audience.tell(listener -> listener.sessionEnded(address, reason, nanos));
    }
}
