package io.apiserverlb.actuate;

import io.apiserverlb.pool.Certificate;
import io.apiserverlb.pool.Server;

/** What the health entry of one server reads; never {@code DOWN}, which Spring would take for the whole process. */
enum ServerStatus {
    /** Takes new sessions. */
    UP,
    /** Is there, but is not ready for new sessions, or has not shown yet that it is. */
    DEGRADED,
    /** Does not answer, or something else answers in its place. */
    UNREACHABLE,
    /** Takes no new sessions since the operator or discovery says so. */
    OUT_OF_SERVICE;

    static ServerStatus of(Server server) {
        if (server.usable()) {
            return UP;
        }
        return switch (server.state()) {
            case REMOVING, MAINT, DRAIN -> OUT_OF_SERVICE;
            case DOWN -> UNREACHABLE;
            case UNCHECKED, UP, GOING_DOWN, STOPPING, GOING_UP -> reachable(server);
        };
    }

    private static ServerStatus reachable(Server server) {
        Certificate certificate = server.observed().certificate();
        boolean foreign = certificate != null && certificate.identity() == Certificate.Identity.REFUSED;
        if (foreign || server.address().isName()) {
            return UNREACHABLE;
        }
        return server.setting().weight() == 0 ? OUT_OF_SERVICE : DEGRADED;
    }
}
