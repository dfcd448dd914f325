package io.apiserverlb.proxy;

import io.apiserverlb.pool.AdminState;
import io.apiserverlb.pool.Certificate;
import io.apiserverlb.pool.CloseReason;
import io.apiserverlb.pool.Server;
import io.apiserverlb.pool.ServerAddress;
import io.apiserverlb.pool.ServerList;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Why a session has to leave its server, and over which time it and its like are to leave.
 *
 * @param ending of a session that cannot go on with another server
 * @param after nobody leaves before this time
 * @param over zero: at once
 */
record Departure(Ending ending, Duration after, Duration over) {
    /** Of sessions on a server that is down and has sent them nothing since it began to fail. */
    private static final Duration DOWN = Duration.ofSeconds(2);

    /**
     * The share of the drain timeout in which a server that works for its sessions may turn out to be well, or no worse than all others,
     * which is a reason for nobody to leave.
     */
    private static final int UNSURE_SHARE = 6;

    private Departure(CloseReason reason, Duration over) {
        this(Ending.onPurpose(reason), Duration.ZERO, over);
    }

    /** What this list means for a session, or null if it may stay. */
    static @Nullable Departure of(Session session, ServerList list, ClosingRules rules) {
        ServerAddress address = session.serverAddress();
        if (address == null) {
            return null;
        }
        Server server = list.find(address).orElse(null);
        if (server == null) {
            return removed(rules);
        }
        Departure departure = of(server, list, rules);
        boolean alive =
                departure != null && departure.ending.reason() == CloseReason.DOWN && hasSentSince(session, server);
        return alive ? unhurried(Ending.onPurpose(CloseReason.DOWN), rules) : departure;
    }

    /** What this list means for the sessions of one of its servers, or null if they may stay. */
    static @Nullable Departure of(Server server, ServerList list, ClosingRules rules) {
        if (server.observed().identity() == Certificate.Identity.REFUSED) {
            return new Departure(CloseReason.DOWN, Duration.ZERO);
        }
        if (list.isLost(server) && rules.onDown() == ClosingRules.OnDown.CLOSE) {
            return new Departure(CloseReason.DOWN, DOWN);
        }
        if (server.setting().admin() != AdminState.READY) {
            boolean maint = server.setting().admin() == AdminState.MAINT;
            return new Departure(maint ? CloseReason.MAINT : CloseReason.DRAIN, rules.drainTimeout());
        }
        if (list.isStoppingAlone(server)) {
            return unhurried(Ending.NOT_READY, rules);
        }
        return list.failsBackFrom(server) ? failback(rules) : null;
    }

    private static Departure unhurried(Ending ending, ClosingRules rules) {
        Duration over = rules.drainTimeout();
        return new Departure(ending, over.dividedBy(UNSURE_SHARE), over);
    }

    private static Departure removed(ClosingRules rules) {
        boolean drain = rules.onRemoved() == ClosingRules.OnRemoved.DRAIN;
        return new Departure(CloseReason.REMOVED, drain ? rules.drainTimeout() : Duration.ZERO);
    }

    private static @Nullable Departure failback(ClosingRules rules) {
        return switch (rules.failBack()) {
            case PACED -> new Departure(CloseReason.FAILBACK, rules.drainTimeout());
            case NOW -> new Departure(CloseReason.FAILBACK, Duration.ZERO);
            case NEVER -> null;
        };
    }

    /** Then the server, or what is left of it, works for this session. */
    private static boolean hasSentSince(Session session, Server server) {
        Long since = server.failingSince();
        return since != null && session.bytesOut() > 0 && session.lastFromServer() - since > 0;
    }
}
