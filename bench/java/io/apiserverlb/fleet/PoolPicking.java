package io.apiserverlb.fleet;

import io.apiserverlb.pool.CheckReport;
import io.apiserverlb.pool.CheckResult;
import io.apiserverlb.pool.CloseReason;
import io.apiserverlb.pool.ConnectFailure;
import io.apiserverlb.pool.Events;
import io.apiserverlb.pool.Health;
import io.apiserverlb.pool.Lease;
import io.apiserverlb.pool.Membership;
import io.apiserverlb.pool.Policy;
import io.apiserverlb.pool.Prefer;
import io.apiserverlb.pool.Server;
import io.apiserverlb.pool.ServerAddress;
import io.apiserverlb.pool.ServerPool;
import io.apiserverlb.pool.TrafficListener;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/** This balancer: its own pool with its policy, health and slow start. */
final class PoolPicking implements Picking {
    private static final Health.Thresholds THRESHOLDS = new Health.Thresholds(2, 3, 1);
    private static final double INTERVAL = 3;
    private static final double FAST_INTERVAL = 1;
    private static final double DOWN_INTERVAL = 2;

    private final Timeline time;
    private final List<ServerAddress> addresses;
    private final int zone;
    private final ServerPool pool;

    PoolPicking(Policy policy, Duration slowStart, int servers, int node, Timeline time, RandomGenerator random) {
        this.time = time;
        this.zone = node % servers;
        this.addresses = IntStream.range(0, servers)
                .mapToObj(i -> new ServerAddress("10.0.0." + (i + 1), 6443))
                .toList();
        this.pool = new ServerPool(
                new ServerPool.Settings(
                        policy, Prefer.NONE, THRESHOLDS, slowStart, Duration.ofMinutes(10), "node-" + node),
                new ServerPool.Memory(1, new Membership(List.of(), addresses, List.of(), Map.of()), Map.of()),
                address -> false,
                address -> false,
                time,
                time::nanos,
                random,
                new Events(time));
        pool.subscribe(new TrafficListener() {}); // or it would keep the news for one
    }

    @Override
    public Place pick(Set<Integer> tried) {
        List<ServerAddress> not = tried.stream().map(addresses::get).toList();
        Lease lease = Objects.requireNonNull(pool.acquire(InetAddress.getLoopbackAddress(), not));
        int server = addresses.indexOf(lease.server().address());
        return new Place() {
            @Override
            public int server() {
                return server;
            }

            @Override
            public void connected() {
                lease.connected();
                lease.taken();
                lease.sent(1);
            }

            @Override
            public void refused() {
                lease.failed(ConnectFailure.REFUSED);
            }

            @Override
            public void silent() {
                lease.silent(true);
            }

            @Override
            public void close() {
                lease.close(CloseReason.SERVER);
            }
        };
    }

    @Override
    public void checked(int server, Verdict verdict) {
        if (changesNothing(server(server), verdict)) {
            return;
        }
        CheckResult.Code code = switch (verdict) {
            case PASS -> CheckResult.Code.L7OK;
            case NOT_READY -> CheckResult.Code.L7STS;
            case FAIL -> CheckResult.Code.L4TOUT;
        };
        CheckResult result =
                new CheckResult(CheckResult.Type.HTTPS, code, null, "", Duration.ofMillis(2), time.instant());
        pool.checked(addresses.get(server), new CheckReport(result, null, null, connect(server)));
    }

    /** One more of the same; to work it out for a whole fleet takes most of the time. */
    private static boolean changesNothing(Server server, Verdict verdict) {
        Health health = server.health();
        boolean settled = health.checked() && !health.inDoubt() && health.silences() == 0;
        return settled
                && switch (verdict) {
                    case PASS -> health.up() && !health.stopping() && server.slowStartFrom() == null;
                    case NOT_READY -> health.up() && health.stopping();
                    case FAIL -> !health.up();
                };
    }

    /** Each server is in a zone, and a third of the nodes is in the same one. */
    private Duration connect(int server) {
        return Duration.ofNanos(server == zone ? 300_000 : 2_000_000);
    }

    @Override
    public Sessions sessionsOf(int server) {
        Health health = server(server).health();
        Health.Thresholds thresholds = health.thresholds();
        boolean checkFailed = health.credit() < thresholds.rise() + thresholds.fall() - 1;
        if (checkFailed && health.effectiveCredit() < thresholds.rise()) {
            return Sessions.LEAVE;
        }
        return health.stopping() ? Sessions.DRAIN : Sessions.STAY;
    }

    @Override
    public double interval(int server) {
        Health health = server(server).health();
        if (health.inDoubt()) {
            return FAST_INTERVAL;
        }
        return health.up() ? INTERVAL : DOWN_INTERVAL;
    }

    private Server server(int server) {
        return pool.list().find(addresses.get(server)).orElseThrow();
    }
}
