package io.apiserverlb.check;

import io.apiserverlb.pool.ConnectFailure;
import io.apiserverlb.pool.Events;
import io.apiserverlb.pool.Health;
import io.apiserverlb.pool.Membership;
import io.apiserverlb.pool.Policy;
import io.apiserverlb.pool.Prefer;
import io.apiserverlb.pool.Server;
import io.apiserverlb.pool.ServerAddress;
import io.apiserverlb.pool.ServerPool;
import java.net.InetAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;

/** Pools of managed servers, with rise 2 and fall 3. */
final class Pools {
    private Pools() {}

    static ServerPool of(ServerAddress... servers) {
        InstantSource clock = InstantSource.system();
        return new ServerPool(
                new ServerPool.Settings(
                        Policy.ROUND_ROBIN,
                        Prefer.NONE,
                        new Health.Thresholds(2, 3, 1),
                        Duration.ZERO,
                        Duration.ofMinutes(10),
                        "node"),
                new ServerPool.Memory(1, new Membership(List.of(), List.of(servers), List.of(), Map.of()), Map.of()),
                address -> false,
                address -> false,
                clock,
                System::nanoTime,
                new Random(1),
                new Events(clock));
    }

    static Server server(ServerPool pool, ServerAddress address) {
        return pool.list().find(address).orElseThrow();
    }

    /** What a session does that cannot connect to the server that is chosen for it. */
    static void failToConnect(ServerPool pool, ServerAddress... others) {
        Objects.requireNonNull(pool.acquire(InetAddress.getLoopbackAddress(), List.of(others)))
                .failed(ConnectFailure.REFUSED);
    }
}
