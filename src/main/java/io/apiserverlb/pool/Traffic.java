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
        if (server != null && server.health().isSuspected()) {
            pool.update(address, ACTOR, answering -> evidence.answered(answering.condition(), nanoTime.getAsLong()));
        }
    }

    void silent(ServerAddress address, boolean outpaced) {
        pool.update(address, ACTOR, server -> evidence.silent(server.condition(), outpaced));
    }

    void unanswered(ServerAddress address, long since) {
        Server server = pool.list().get(address);
        Long passedAt = server == null ? null : server.condition().streak().passedAt();
        if (passedAt == null || passedAt - since <= 0) {
            pool.update(address, ACTOR, owing -> evidence.unanswered(owing.condition(), nanoTime.getAsLong()));
        }
    }

    void failedToConnect(ServerAddress address, ConnectFailure reason, long nanos) {
        if (reason.isTheServers()) {
            pool.update(
                    address,
                    ACTOR,
                    server -> evidence.failedToConnect(
                            server.condition(), pool.list().usableBeside(server) == 0, nanoTime.getAsLong()));
        }
        audience.tell(listener -> listener.failedToConnect(address, reason, nanos));
    }

    void sessionEnded(ServerAddress address, CloseReason reason, long nanos) {
        audience.tell(listener -> listener.sessionEnded(address, reason, nanos));
    }
}
