package io.apiserverlb.pool;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What a session pays for its server: choosing it, and giving it back at the end. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ChoosingBenchmark {
    private static final int CLIENTS = 1 << 10;
    private static final int SESSIONS_PER_SERVER = 5;

    @Param
    private Policy policy;

    @Param({"3", "1000"})
    private int servers;

    private ServerPool pool;
    private InetAddress[] clients;
    private int client;

    @Setup
    public void fill() throws UnknownHostException {
        List<ServerAddress> addresses = new ArrayList<>();
        for (int i = 0; i < servers; i++) {
            addresses.add(new ServerAddress("10.0." + i / 250 + "." + (1 + i % 250), 6443));
        }
        SplittableRandom random = new SplittableRandom(1);
        pool = new ServerPool(
                new ServerPool.Settings(
                        policy,
                        Prefer.NONE,
                        new Health.Thresholds(2, 3, 1),
                        Duration.ZERO,
                        Duration.ofMinutes(10),
                        "node"),
                new ServerPool.Memory(1, new Membership(List.of(), addresses, List.of(), Map.of()), Map.of()),
                address -> false,
                address -> false,
                InstantSource.system(),
                System::nanoTime,
                random,
                new Events(InstantSource.system()));
        clients = new InetAddress[CLIENTS];
        for (int i = 0; i < CLIENTS; i++) {
            clients[i] = InetAddress.getByAddress(new byte[] {10, 1, (byte) (i >>> 8), (byte) i});
        }
        for (int i = 0; i < servers * SESSIONS_PER_SERVER; i++) {
            pool.acquire(clients[random.nextInt(CLIENTS)], List.of());
        }
    }

    @Benchmark
    public Server acquireAndClose() {
        client = (client + 1) % CLIENTS;
        Lease lease = Objects.requireNonNull(pool.acquire(clients[client], List.of()));
        lease.close(CloseReason.CLIENT);
        return lease.server();
    }
}
