package io.apiserverlb.actuate;

import io.apiserverlb.pool.Certificate;
import io.apiserverlb.pool.CheckReport;
import io.apiserverlb.pool.CheckResult;
import io.apiserverlb.pool.Events;
import io.apiserverlb.pool.Health;
import io.apiserverlb.pool.Lease;
import io.apiserverlb.pool.ListChange;
import io.apiserverlb.pool.Membership;
import io.apiserverlb.pool.Policy;
import io.apiserverlb.pool.Prefer;
import io.apiserverlb.pool.SeedUrl;
import io.apiserverlb.pool.Server;
import io.apiserverlb.pool.ServerAddress;
import io.apiserverlb.pool.ServerPool;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A pool whose time and checks are in the hands of a test. */
final class TestPool {
    static final Instant START = Instant.parse("2026-11-23T04:00:00Z");
    static final Duration FORGET_AFTER = Duration.ofMinutes(10);

    private final AtomicLong nanos = new AtomicLong();
    private final InstantSource clock = () -> START.plusNanos(nanos.get());
    final ServerPool pool;

    private TestPool(List<SeedUrl> seeds, List<ServerAddress> managed) {
        this.pool = new ServerPool(
                new ServerPool.Settings(
                        Policy.LEAST_CONNECTIONS,
                        Prefer.NONE,
                        new Health.Thresholds(2, 3, 1),
                        Duration.ofSeconds(30),
                        FORGET_AFTER,
                        "n"),
                new ServerPool.Memory(1, new Membership(seeds, managed, List.of(), Map.of()), Map.of()),
                address -> false,
                address -> false,
                clock,
                nanos::get,
                new Random(1),
                new Events(clock));
    }

    static TestPool of(String... managed) {
        return new TestPool(List.of(), addresses(managed));
    }

    static TestPool withFallback(String seed, String... managed) {
        return new TestPool(List.of(SeedUrl.parse("https://" + seed)), addresses(managed));
    }

    static ServerAddress address(String text) {
        return ServerAddress.parse(text, 6443);
    }

    static List<ServerAddress> addresses(String... texts) {
        return Stream.of(texts).map(TestPool::address).toList();
    }

    Server server(String address) {
        return pool.list().find(address(address)).orElseThrow();
    }

    void advance(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    void passes(String... servers) {
        checked(CheckResult.Code.L7OK, 1, servers);
    }

    void isNotReady(String server) {
        checked(CheckResult.Code.L7STS, 1, server);
    }

    /** Down, whatever it was. */
    void goesDown(String... servers) {
        checked(CheckResult.Code.L4CON, 3, servers);
    }

    void fails(String server) {
        checked(CheckResult.Code.L4CON, 1, server);
    }

    void checked(CheckResult.Code code, int times, String... servers) {
        for (String server : servers) {
            for (int i = 0; i < times; i++) {
                report(server, code, null);
            }
        }
    }

    void shows(String server, Certificate.Identity identity, Instant notAfter) {
        report(
                server,
                CheckResult.Code.L7OK,
                new Certificate(identity, "said so", START, notAfter, "CN=k3s", List.of()));
    }

    private void report(String server, CheckResult.Code code, @Nullable Certificate certificate) {
        CheckResult result =
                new CheckResult(CheckResult.Type.HTTPS, code, null, "said so", Duration.ofMillis(4), clock.instant());
        pool.checked(address(server), new CheckReport(result, certificate, null, null));
    }

    void change(ListChange change) {
        pool.change(change, OptionalLong.empty(), "test");
    }

    void replace(String... managed) {
        change(new ListChange.Replace(addresses(managed)));
    }

    void discovers(String... addresses) {
        pool.reconcile(addresses(addresses), "test");
    }

    /** A session that is connecting, to one certain server. */
    Lease session(String server) {
        List<ServerAddress> others = pool.list().servers().stream()
                .map(Server::address)
                .filter(address -> !address.equals(address(server)))
                .toList();
        return Objects.requireNonNull(pool.acquire(InetAddress.getLoopbackAddress(), others));
    }

    Lease connectedSession(String server) {
        Lease lease = session(server);
        lease.connected();
        lease.taken();
        return lease;
    }
}
