package io.apiserverlb.pool;

import java.util.HashMap;
import java.util.Map;
import java.util.function.BiFunction;

/** Counters of servers that left the list and still have sessions; used under the pool's lock alone. */
final class Departed {
    private final BiFunction<ServerAddress, Setting, Load> begin;
    private final Map<ServerAddress, Load> loads = new HashMap<>();

    /** @param begin makes the counters of a server that was never there */
    Departed(BiFunction<ServerAddress, Setting, Load> begin) {
        this.begin = begin;
    }

    /**
     * The counters of a server that is new in the list. One that comes back while sessions of its former life go on has the same as then, or
     * they would count nowhere; one whose last has ended begins anew, as its metrics do.
     */
    Load load(ServerAddress address, Setting setting) {
        Load former = loads.get(address);
        return former == null || former.active() == 0 ? begin.apply(address, setting) : former;
    }

    void follow(ServerList before, ServerList next) {
        for (Server server : before.servers()) {
            if (next.get(server.address()) == null && server.load().active() > 0) {
                loads.put(server.address(), server.load());
            }
        }
        next.servers().forEach(server -> loads.remove(server.address()));
    }

    void forgetIdle() {
        loads.values().removeIf(load -> load.active() == 0);
    }
}
