package io.apiserverlb.actuate;

import io.apiserverlb.pool.Role;
import io.apiserverlb.pool.Server;
import java.util.Optional;

/** What k3s' agent would say of a server: its states, whose numbers its own metric shows, by preference. */
enum K3sHealth {
    INVALID(0),
    FAILED(1),
    STANDBY(2),
    UNCHECKED(3),
    RECOVERING(4),
    HEALTHY(5),
    PREFERRED(6),
    ACTIVE(7);

    static final String HELP =
            "Health of a server: 0=INVALID, 1=FAILED, 2=STANDBY, 3=UNCHECKED, 4=RECOVERING, 5=HEALTHY, 6=PREFERRED, 7=ACTIVE.";

    private final int number;

    K3sHealth(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }

    /**
     * The nearest of k3s' states.
     *
     * @param server empty if it is in the list no more
     * @param sessions on it now
     */
    static K3sHealth of(Optional<Server> server, long sessions) {
        return server.map(present -> of(present, sessions)).orElse(INVALID);
    }

    private static K3sHealth of(Server server, long sessions) {
        return switch (server.state()) {
            case REMOVING, MAINT, DRAIN -> INVALID;
            case UNCHECKED, UP, GOING_DOWN, STOPPING, DOWN, GOING_UP ->
                // k3s' default server keeps its state whatever happens to it.
                server.place().role() == Role.FALLBACK ? STANDBY : ofPrimary(server, sessions);
        };
    }

    private static K3sHealth ofPrimary(Server server, long sessions) {
        return switch (server.state()) {
            case UNCHECKED -> UNCHECKED;
            case GOING_UP -> RECOVERING;
            case UP, GOING_DOWN -> ofHealthy(server, sessions);
            default -> FAILED;
        };
    }

    private static K3sHealth ofHealthy(Server server, long sessions) {
        if (!server.usable()) {
            return FAILED;
        }
        boolean cameBackLately = server.slowStartFrom() != null;
        return sessions > 0 ? ACTIVE : cameBackLately ? PREFERRED : HEALTHY;
    }
}
