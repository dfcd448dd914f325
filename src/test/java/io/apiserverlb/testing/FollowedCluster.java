package io.apiserverlb.testing;

import io.apiserverlb.pool.Event;
import io.apiserverlb.pool.Events;
import io.apiserverlb.pool.Health;
import io.apiserverlb.pool.Membership;
import io.apiserverlb.pool.Policy;
import io.apiserverlb.pool.Prefer;
import io.apiserverlb.pool.SeedUrl;
import io.apiserverlb.pool.ServerAddress;
import io.apiserverlb.pool.ServerPool;
import java.net.InetAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/** What a source of servers fills: a pool that begins with nothing but seeds, and the events beside it. */
public record FollowedCluster(ServerPool pool, Events events) {

    public static FollowedCluster of(
            List<SeedUrl> seeds,
            Predicate<ServerAddress> self,
            InstantSource clock,
            LongSupplier nanoTime,
            Events events) {
        ServerPool pool = new ServerPool(
                new ServerPool.Settings(
                        Policy.ROUND_ROBIN,
                        Prefer.NONE,
                        new Health.Thresholds(2, 3, 1),
                        Duration.ZERO,
                        Duration.ofMinutes(10),
                        "node"),
                new ServerPool.Memory(1, new Membership(seeds, List.of(), List.of(), Map.of()), Map.of()),
                self,
                InetAddress::isLoopbackAddress,
                clock,
                nanoTime,
                new Random(1),
                events);
        return new FollowedCluster(pool, events);
    }

    /** Addresses as a cluster writes them, without a port 6443. */
    public static List<ServerAddress> servers(String... texts) {
        return Arrays.stream(texts).map(text -> ServerAddress.parse(text, 6443)).toList();
    }

    public List<ServerAddress> discovered() {
        return pool.list().membership().discovered();
    }

    /** What discovery has warned of. */
    public List<String> warnings() {
        return events.latest().stream()
                .filter(event -> event.type() == Event.Type.DISCOVERY && event.severity() == Event.Severity.WARN)
                .map(Event::message)
                .toList();
    }
}
