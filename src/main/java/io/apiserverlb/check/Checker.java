package io.apiserverlb.check;

import io.apiserverlb.pool.CheckReport;
import io.apiserverlb.pool.CheckResult;
import io.apiserverlb.pool.Server;
import io.apiserverlb.pool.ServerAddress;
import io.apiserverlb.pool.ServerList;
import io.apiserverlb.tls.ClientTls;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.ObjLongConsumer;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Checks every server of the list, each on a schedule of its own.
 *
 * <p>A server is checked at once when it appears, and then from start to start after {@code interval} with full credit, after
 * {@code downInterval} when it is down, after {@code fastInterval} in between, and at once when the pool asks for it. All of it happens
 * on one event loop, which never waits: a slow server delays no other. Results are handed over on that event loop.
 */
public final class Checker implements AutoCloseable {
    /**
     * How servers are checked.
     *
     * @param path what an {@code https} check asks for
     * @param interval between two checks of a server with full credit, from start to start; at least 200 ms, as the next two
     * @param fastInterval of a server in doubt
     * @param downInterval of a server that is down
     * @param timeout of a whole check: connect, handshake and answer; at least 50 ms
     * @param jitter the share of an interval by which it varies at random: 0 to 0.5
     * @param patience how long a client waits for a server until it looks for another one: a check that traffic asked for is late then
     *     already; 0: only after {@code timeout}
     * @param reconnect how long an {@code https} check keeps its connection; 0: a new one for every check
     * @param supervisor where to ask after a server whose API server would not say anything; null if the cluster has no supervisors
     */
    public record Settings(
            CheckResult.Type type,
            String path,
            Duration interval,
            Duration fastInterval,
            Duration downInterval,
            Duration timeout,
            Duration patience,
            double jitter,
            Duration reconnect,
            @Nullable Supervisor supervisor) {
        static final Duration MIN_INTERVAL = Duration.ofMillis(200);
        private static final Duration MIN_TIMEOUT = Duration.ofMillis(50);
        private static final double MAX_JITTER = 0.5;

        public Settings {
            requireAtLeast(MIN_INTERVAL, interval, "interval");
            requireAtLeast(MIN_INTERVAL, fastInterval, "fast-interval");
            requireAtLeast(MIN_INTERVAL, downInterval, "down-interval");
            requireAtLeast(MIN_TIMEOUT, timeout, "timeout");
            requireAtLeast(Duration.ZERO, patience, "patience");
            requireAtLeast(Duration.ZERO, reconnect, "reconnect");
            if (!(jitter >= 0 && jitter <= MAX_JITTER)) {
                throw new IllegalArgumentException("jitter must be between 0 and 0.5, not " + jitter);
            }
            if (!path.startsWith("/") || !path.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
                throw new IllegalArgumentException(
                        "path must start with '/' and hold neither blanks nor control or non-ASCII characters: '" + path
                                + "'");
            }
        }

        /** The same for a cluster that has supervisors. */
        public Settings with(Supervisor other) {
            return new Settings(
                    type, path, interval, fastInterval, downInterval, timeout, patience, jitter, reconnect, other);
        }

        private static void requireAtLeast(Duration least, Duration value, String name) {
            if (value.compareTo(least) < 0) {
                throw new IllegalArgumentException(
                        name + " must be at least " + least.toMillis() + "ms, not " + value.toMillis() + "ms");
            }
        }
    }

    private final EventLoop loop;
    private final Function<ServerAddress, CheckSchedule> newSchedule;

    /** Of the event loop. */
    private final Map<ServerAddress, CheckSchedule> schedules = new HashMap<>();

    private volatile boolean closed;

    /**
     * A checker that has nothing to check yet.
     *
     * @param bootstrap with the event loops and the kind of channel to use; one of the loops does all of this checker's work, the
     *     computing of TLS handshakes included, so it is best not one that relays
     * @param files reads the files of {@code tls}, which may take its time
     * @param nodeName of this host; by it the checks of many hosts are spread over time
     * @param random used on the event loop only
     * @param results takes each result on the event loop, so it must not wait for anything
     * @param late takes each server whose check is late, and the nano time since when others are compared with it, on the event loop
     */
    public Checker(
            Settings settings,
            Bootstrap bootstrap,
            Executor files,
            ClientTls tls,
            String nodeName,
            InstantSource clock,
            LongSupplier nanoTime,
            RandomGenerator random,
            BiConsumer<ServerAddress, CheckReport> results,
            ObjLongConsumer<ServerAddress> late) {
        this.loop = bootstrap.config().group().next();
        Surroundings surroundings = new Surroundings(loop, clock, nanoTime, random);
        // Each check as a whole has a time limit; one for the connection alone would only be in its way.
        Bootstrap prototype = bootstrap
                .clone(loop)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0)
                .disableResolver();
        Lateness lateness = new Lateness(settings.patience(), surroundings, late);
        Probes probes = new Probes(settings, prototype, tls, files, surroundings);
        this.newSchedule = address -> new CheckSchedule(
                settings,
                probes.of(address),
                Pace.phase(nodeName, address),
                surroundings,
                lateness,
                report -> results.accept(address, report));
    }

    /** Checks the servers of this list from now on, and no others. Only hands off. */
    public void accept(ServerList list) {
        if (!closed) {
            loop.execute(() -> follow(list));
        }
    }

    private void follow(ServerList list) {
        if (closed) {
            return;
        }
        Map<ServerAddress, Server> wanted = list.servers().stream()
                .filter(Server::checkable)
                .collect(Collectors.toMap(Server::address, Function.identity()));
        schedules.entrySet().removeIf(entry -> {
            boolean unwanted = !wanted.containsKey(entry.getKey());
            if (unwanted) {
                entry.getValue().stop();
            }
            return unwanted;
        });
        wanted.forEach((address, server) ->
                schedules.computeIfAbsent(address, newSchedule).update(server));
    }

    /** Ends all checks and closes their connections; afterwards no result comes any more. Not to be called by an event loop. */
    @Override
    public void close() {
        closed = true;
        try {
            loop.submit(() -> {
                        schedules.values().forEach(CheckSchedule::stop);
                        schedules.clear();
                    })
                    .syncUninterruptibly();
        } catch (RejectedExecutionException e) {
            // The event loop has ended, and with it every check.
        }
    }
}
