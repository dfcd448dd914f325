package io.apiserverlb.state;

import io.apiserverlb.pool.Events;
import io.apiserverlb.pool.Health;
import io.apiserverlb.pool.Membership;
import io.apiserverlb.pool.Policy;
import io.apiserverlb.pool.Prefer;
import io.apiserverlb.pool.SeedUrl;
import io.apiserverlb.pool.ServerAddress;
import io.apiserverlb.pool.ServerPool;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/** Lists, addresses and pools in short. */
final class Fixtures {
    static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-11-23T04:00:00Z"));

    private Fixtures() {}

    static List<ServerAddress> addresses(String... texts) {
        return Stream.of(texts).map(text -> ServerAddress.parse(text, 6443)).toList();
    }

    static List<SeedUrl> seeds(String... urls) {
        return Stream.of(urls).map(SeedUrl::parse).toList();
    }

    static ServerPool.Memory memory(List<SeedUrl> seeds, List<ServerAddress> managed) {
        return new ServerPool.Memory(7, new Membership(seeds, managed, List.of(), Map.of()), Map.of());
    }

    static ServerPool pool(ServerPool.Memory memory) {
        return pool(memory, CLOCK);
    }

    static ServerPool pool(ServerPool.Memory memory, InstantSource clock) {
        return new ServerPool(
                new ServerPool.Settings(
                        Policy.LEAST_CONNECTIONS,
                        Prefer.NONE,
                        new Health.Thresholds(2, 3, 1),
                        Duration.ZERO,
                        Duration.ofMinutes(10),
                        "node-1"),
                memory,
                address -> false,
                ip -> false,
                clock,
                () -> 0,
                new Random(1),
                new Events(clock));
    }
}
