package io.apiserverlb.pool;

import io.apiserverlb.testing.ManualClock;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** A pool on a manual clock with a repeatable randomness, and the things that happen to it in one word each. */
final class TestPool {
    static final ServerAddress A = address("10.0.0.1:6443");
    static final ServerAddress B = address("10.0.0.2:6443");
    static final ServerAddress C = address("10.0.0.3:6443");
    static final ServerAddress D = address("10.0.0.4:6443");

    static final InetAddress CLIENT = ip("192.168.1.1");
    private static final Instant NOT_BEFORE = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant NOT_AFTER = Instant.parse("2027-01-01T00:00:00Z");

    final ManualClock clock;
    final Events events;
    final ServerPool pool;

    private TestPool(Builder builder) {
        this.clock = builder.clock;
        this.events = new Events(clock);
        this.pool = new ServerPool(
                new ServerPool.Settings(
                        builder.policy,
                        builder.prefer,
                        builder.thresholds,
                        builder.slowStart,
                        builder.forgetAfter,
                        builder.nodeName),
                new ServerPool.Memory(
                        builder.version,
                        new Membership(builder.seeds, builder.managed, builder.discovered, Map.of()),
                        builder.remembered),
                builder.self,
                builder.local,
                clock,
                clock::nanos,
                builder.random,
                events);
    }

    static Builder builder() {
        return new Builder();
    }

    static TestPool managing(ServerAddress... managed) {
        return builder().managed(managed).build();
    }

    static ServerAddress address(String text) {
        return ServerAddress.parse(text, 6443);
    }

    static InetAddress ip(String literal) {
        try {
            return InetAddress.getByName(literal);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(literal, e);
        }
    }

    // ---- looking at it

    Server server(ServerAddress address) {
        return pool.list().find(address).orElseThrow(() -> new AssertionError(address + " is not in the list"));
    }

    List<ServerAddress> servers() {
        return pool.list().servers().stream().map(Server::address).toList();
    }

    List<ServerAddress> usable() {
        return pool.list().servers().stream()
                .filter(Server::usable)
                .map(Server::address)
                .toList();
    }

    List<String> messages() {
        return events.latest().stream().map(Event::message).toList();
    }

    // ---- sessions

    /** The server that the next session gets, which ends at once. */
    ServerAddress next(ServerAddress... tried) {
        Lease lease = take(tried);
        lease.close(CloseReason.CLIENT);
        return lease.server().address();
    }

    Lease take(ServerAddress... tried) {
        Lease lease = pool.acquire(CLIENT, List.of(tried));
        if (lease == null) {
            throw new AssertionError("no server is left after " + Arrays.toString(tried));
        }
        return lease;
    }

    /** Sends sessions to other servers until it is this one's turn, and has it fail to connect. */
    void refuseConnection(ServerAddress address) {
        List<ServerAddress> others =
                servers().stream().filter(other -> !other.equals(address)).toList();
        take(others.toArray(ServerAddress[]::new)).failed(ConnectFailure.REFUSED);
    }

    // ---- checks

    void pass(ServerAddress... addresses) {
        check(CheckResult.Code.L7OK, 200, addresses);
    }

    void soft(ServerAddress... addresses) {
        check(CheckResult.Code.L7STS, 500, addresses);
    }

    void hard(ServerAddress... addresses) {
        check(CheckResult.Code.L4CON, null, addresses);
    }

    /** Lets every hard failure happen that it takes to be down. */
    void down(ServerAddress... addresses) {
        for (ServerAddress address : addresses) {
            while (server(address).health().up()) {
                hard(address);
            }
        }
    }

    void check(CheckResult.Code code, @Nullable Integer status, ServerAddress... addresses) {
        for (ServerAddress address : addresses) {
            pool.checked(address, new CheckReport(result(code, status), null, null, null));
        }
    }

    /** A passed check that saw a certificate. */
    void identify(ServerAddress address, Certificate.Identity identity) {
        check(CheckResult.Code.L7OK, 200, identity, address);
    }

    /** A check that saw a certificate. */
    void check(CheckResult.Code code, @Nullable Integer status, Certificate.Identity identity, ServerAddress address) {
        String reason = identity == Certificate.Identity.VERIFIED ? null : "for the test";
        Certificate certificate = new Certificate(identity, reason, NOT_BEFORE, NOT_AFTER, "CN=test", List.of("test"));
        pool.checked(address, new CheckReport(result(code, status), certificate, null, null));
    }

    /** Passed checks that each made a connection, which took so long. */
    void connect(ServerAddress address, Duration... times) {
        for (Duration time : times) {
            pool.checked(address, new CheckReport(result(CheckResult.Code.L7OK, 200), null, null, time));
        }
    }

    private CheckResult result(CheckResult.Code code, @Nullable Integer status) {
        return new CheckResult(
                CheckResult.Type.HTTPS, code, status, "for the test", Duration.ofMillis(3), clock.instant());
    }

    // ---- the list

    Changed change(ListChange change) {
        return pool.change(change, OptionalLong.empty(), "operator");
    }

    Changed preview(ListChange change) {
        return pool.preview(change, OptionalLong.empty());
    }

    void admin(ServerAddress address, AdminState admin) {
        change(new ListChange.Patch(address, admin, null));
    }

    void weight(ServerAddress address, int weight) {
        change(new ListChange.Patch(address, null, weight));
    }

    void discover(ServerAddress... addresses) {
        pool.reconcile(List.of(addresses), "discovery");
    }

    void resolve(String name, String... literals) {
        pool.resolved(name, Arrays.stream(literals).map(TestPool::ip).toList());
    }

    /** What a pool begins with; without anything else an empty list and the defaults of the configuration. */
    static final class Builder {
        private ManualClock clock = new ManualClock();
        private Policy policy = Policy.ROUND_ROBIN;
        private Prefer prefer = Prefer.NONE;
        private Health.Thresholds thresholds = new Health.Thresholds(2, 3, 1);
        private Duration slowStart = Duration.ofSeconds(30);
        private Duration forgetAfter = Duration.ofMinutes(10);
        private String nodeName = "node-1";
        private long version = 1;
        private List<SeedUrl> seeds = List.of();
        private List<ServerAddress> managed = List.of();
        private List<ServerAddress> discovered = List.of();
        private Map<ServerAddress, Remembered> remembered = Map.of();
        private Predicate<ServerAddress> self = address -> false;
        private Predicate<InetAddress> local = address -> false;
        private RandomGenerator random = new SplittableRandom(1);

        Builder clock(ManualClock next) {
            clock = next;
            return this;
        }

        Builder policy(Policy next) {
            policy = next;
            return this;
        }

        Builder prefer(Prefer next) {
            prefer = next;
            return this;
        }

        Builder thresholds(int rise, int fall, int softFall) {
            thresholds = new Health.Thresholds(rise, fall, softFall);
            return this;
        }

        Builder nodeName(String next) {
            nodeName = next;
            return this;
        }

        Builder version(long next) {
            version = next;
            return this;
        }

        Builder seeds(String... urls) {
            seeds = Arrays.stream(urls).map(SeedUrl::parse).toList();
            return this;
        }

        Builder managed(ServerAddress... addresses) {
            managed = List.of(addresses);
            return this;
        }

        Builder discovered(ServerAddress... addresses) {
            discovered = List.of(addresses);
            return this;
        }

        Builder remembered(Map<ServerAddress, Remembered> next) {
            remembered = next;
            return this;
        }

        Builder self(ServerAddress... addresses) {
            return self(List.of(addresses));
        }

        Builder self(List<ServerAddress> own) {
            self = own::contains;
            return this;
        }

        Builder local(InetAddress... addresses) {
            return local(List.of(addresses)::contains);
        }

        Builder local(Predicate<InetAddress> next) {
            local = next;
            return this;
        }

        Builder random(RandomGenerator next) {
            random = next;
            return this;
        }

        TestPool build() {
            return new TestPool(this);
        }
    }
}
