package io.apiserverlb.actuate;

import io.apiserverlb.pool.AdminState;
import io.apiserverlb.pool.Role;
import io.apiserverlb.pool.Server;
import io.apiserverlb.pool.ServerList;
import java.util.List;

/** What health says of all servers together. Fallbacks and servers in {@code maint} or {@code drain} do not count. */
enum PoolStatus {
    /** Every server that counts is usable, and there is one. */
    UP,
    /** Some are. */
    DEGRADED,
    /** None is. */
    DOWN;

    static PoolStatus of(ServerList list) {
        List<Server> counted =
                list.servers().stream().filter(PoolStatus::counts).toList();
        long usable = counted.stream().filter(Server::usable).count();
        if (usable == 0) {
            return DOWN;
        }
        return usable == counted.size() ? UP : DEGRADED;
    }

    private static boolean counts(Server server) {
        return server.place().role() == Role.PRIMARY && server.setting().admin() == AdminState.READY;
    }
}
