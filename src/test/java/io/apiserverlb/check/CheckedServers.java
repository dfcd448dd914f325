package io.apiserverlb.check;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;

import io.apiserverlb.pool.AdminState;
import io.apiserverlb.pool.CheckReport;
import io.apiserverlb.pool.CheckResult;
import io.apiserverlb.pool.ListChange;
import io.apiserverlb.pool.Server;
import io.apiserverlb.pool.ServerAddress;
import io.apiserverlb.pool.ServerPool;
import io.apiserverlb.tls.ClientTls;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** A pool of servers and the checker that looks after them, wired as in the product; keeps every result. */
final class CheckedServers implements AutoCloseable {
    /** One result and when it came. */
    record Seen(ServerAddress server, CheckReport report, long nanos) {
        CheckResult.Code code() {
            return report.result().code();
        }
    }

    private final IoEventLoopGroup loops = new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("lb-test-loop", true), NioIoHandler.newFactory());
    private final ExecutorService fileReader =
            Executors.newSingleThreadExecutor(new DefaultThreadFactory("lb-test-files", true));
    private final List<Seen> seen = new CopyOnWriteArrayList<>();
    private final ServerPool pool;
    private final Checker checker;

    CheckedServers(Checker.Settings settings, ClientTls tls, ServerAddress... servers) {
        this(settings, tls, new Bootstrap().channel(NioSocketChannel.class), UnaryOperator.identity(), servers);
    }

    CheckedServers(
            Checker.Settings settings,
            ClientTls tls,
            Bootstrap bootstrap,
            UnaryOperator<Executor> files,
            ServerAddress... servers) {
        pool = Pools.of(servers);
        checker = new Checker(
                settings,
                bootstrap.group(loops),
                files.apply(fileReader),
                tls,
                late(servers[0]),
                InstantSource.system(),
                System::nanoTime,
                new Random(2),
                (server, report) -> {
                    pool.checked(server, report);
                    seen.add(new Seen(server, report, System.nanoTime()));
                },
                pool::checkIsLate);
        pool.subscribe(checker::accept);
    }

    /** A node whose second check comes about as late as any later one. */
    private static String late(ServerAddress server) {
        return IntStream.iterate(0, i -> i + 1)
                .mapToObj(i -> "node-" + i)
                .filter(node -> Pace.phase(node, server) > 0.9)
                .findFirst()
                .orElseThrow();
    }

    List<Seen> seen(ServerAddress server) {
        return seen.stream().filter(result -> result.server().equals(server)).toList();
    }

    /** The first result that comes, or has come, for a server. */
    CheckReport first(ServerAddress server) {
        return report(server, 1);
    }

    /** The result with this number, from 1. */
    CheckReport report(ServerAddress server, int number) {
        await().pollInterval(Duration.ofMillis(2))
                .atMost(10, SECONDS)
                .until(() -> seen(server).size() >= number);
        return seen(server).get(number - 1).report();
    }

    CheckResult result(ServerAddress server, int number) {
        return report(server, number).result();
    }

    /** The first result with this code. */
    CheckResult firstOf(CheckResult.Code code, ServerAddress server) {
        await().pollInterval(Duration.ofMillis(2))
                .atMost(10, SECONDS)
                .until(() -> seen(server).stream().anyMatch(result -> result.code() == code));
        return seen(server).stream()
                .map(result -> result.report().result())
                .filter(result -> result.code() == code)
                .findFirst()
                .orElseThrow();
    }

    Server server(ServerAddress address) {
        return Pools.server(pool, address);
    }

    void set(ServerAddress server, AdminState admin) {
        pool.change(new ListChange.Patch(server, admin, null), OptionalLong.empty(), "test");
    }

    void replace(ServerAddress... servers) {
        pool.change(new ListChange.Replace(List.of(servers)), OptionalLong.empty(), "test");
    }

    /** Has a session fail to connect to a server that is none of these. */
    void failToConnect(ServerAddress... others) {
        Pools.failToConnect(pool, others);
    }

    void closeChecker() {
        checker.close();
    }

    @Override
    public void close() {
        checker.close();
        fileReader.shutdownNow();
        loops.shutdownGracefully(0, 1, SECONDS).syncUninterruptibly();
    }

    /** A loopback address that a test server has. */
    static ServerAddress at(int port) {
        return new ServerAddress("127.0.0.1", port);
    }

    static Checker.Settings settings(CheckResult.Type type) {
        return settings(type, Duration.ofSeconds(5));
    }

    static Checker.Settings settings(CheckResult.Type type, Duration timeout) {
        return settings(type, timeout, Duration.ofMillis(200));
    }

    /** @param interval from start to start, whatever is known of the server */
    static Checker.Settings settings(CheckResult.Type type, Duration timeout, Duration interval) {
        return new Checker.Settings(
                type, "/readyz", interval, interval, interval, timeout, Duration.ZERO, 0, Duration.ofMinutes(1), null);
    }
}
