package io.apiserverlb.failover;

import static org.awaitility.Awaitility.await;

import io.apiserverlb.RunningBalancer;
import io.apiserverlb.pool.ListChange;
import io.apiserverlb.pool.Server;
import io.apiserverlb.pool.ServerAddress;
import io.apiserverlb.pool.ServerState;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Some servers that are well, a balancer with default properties before them, and both kinds of traffic through it. Beside them a few
 * clients ask the last server without the balancer, which tells how fast this machine is at the moment.
 */
final class Scene implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(5);
    private static final Duration LONGEST = Duration.ofSeconds(100);
    private static final Duration HEALING = Duration.ofSeconds(8);
    private static final Duration START = Duration.ofSeconds(30);
    private static final int WARM_UP_REQUESTS = 150;
    private static final int DIRECT_PER_SECOND = 10;

    private static boolean warm;

    /** How a scene is set; {@link #start} sets it. */
    static final class Setting {
        private final List<ServerProcess> servers;
        private final Map<String, String> properties = new HashMap<>();
        private final Map<ServerProcess, String> detours = new HashMap<>();
        private int newPerSecond = 25;
        private int kept = 6;
        private int listed;

        private Setting(List<ServerProcess> servers) {
            this.servers = servers;
            this.listed = servers.size();
        }

        /** Counted from 1. */
        ServerProcess server(int number) {
            return servers.get(number - 1);
        }

        /** So many of the servers are configured, and the others are there. */
        Setting listed(int count) {
            listed = count;
            return this;
        }

        /** What the balancer takes for this server's address. */
        Setting reachedBy(ServerProcess server, String address) {
            detours.put(server, address);
            return this;
        }

        private String address(ServerProcess server) {
            return detours.getOrDefault(server, server.address());
        }

        /** One of the product's properties that shall not have its default. */
        Setting with(String property, String value) {
            properties.put(property, value);
            return this;
        }

        /** Less than usual, where a scenario mostly waits. */
        Setting newPerSecond(int count) {
            newPerSecond = count;
            return this;
        }

        Setting kept(int count) {
            kept = count;
            return this;
        }

        Scene start() throws IOException {
            Scene scene = new Scene(this);
            try {
                scene.settle();
            } catch (RuntimeException | Error e) {
                scene.close();
                throw e;
            }
            return scene;
        }

        /** Sets the scene while every server refuses. */
        Scene startBeforeServers() throws IOException {
            for (ServerProcess server : servers) {
                server.stopListening();
            }
            Scene scene = new Scene(this);
            scene.kept = new KeptConnections(scene.to(), kept);
            scene.connectAnew();
            return scene;
        }
    }

    private final Setting setting;
    private final List<ServerProcess> servers;
    private final Path folder;
    private final RunningBalancer balancer;
    private @Nullable NewConnections fresh;
    private @Nullable NewConnections direct;
    private @Nullable KeptConnections kept;
    private long settledAt;

    private Scene(Setting setting) throws IOException {
        this.setting = setting;
        servers = setting.servers;
        folder = Files.createTempDirectory("scene");
        Map<String, String> properties = new HashMap<>(Map.of("lb.shutdown.drain", "0s"));
        properties.put(
                "lb.server-addresses",
                servers.stream().limit(setting.listed).map(setting::address).collect(Collectors.joining(",")));
        properties.putAll(setting.properties);
        balancer = RunningBalancer.start(properties, folder);
    }

    /** Servers on this host. */
    static Setting here(int servers) throws IOException {
        return new Setting(Fleet.here(servers));
    }

    /** The first in a network namespace of its own, the others on this host. */
    static Setting withOneElsewhere(int others) throws IOException {
        List<ServerProcess> elsewhere = Fleet.elsewhere(1);
        return new Setting(
                Stream.concat(elsewhere.stream(), Fleet.here(others).stream()).toList());
    }

    private void settle() {
        await().atMost(START)
                .pollInterval(POLL)
                .until(() ->
                        balancer.pool().list().servers().stream().allMatch(server -> server.state() == ServerState.UP));
        warmUp(to());
        keepConnections();
        while (!isSpread()) { // somebody was slow and had a rival
            kept().stop();
            keepConnections();
        }
        connectAnew();
        run(Duration.ofSeconds(1));
        settledAt = System.nanoTime();
    }

    private void keepConnections() {
        KeptConnections some = new KeptConnections(to(), setting.kept);
        kept = some;
        await().atMost(START).pollInterval(POLL).until(some::allWork);
    }

    /** Whether every server has some of the kept connections, so that a fault of any is felt. */
    private boolean isSpread() {
        return setting.kept < setting.listed
                || kept().servers().stream().distinct().count() == setting.listed;
    }

    private void connectAnew() {
        if (setting.newPerSecond > 0) {
            NewConnections through = new NewConnections(to(), setting.newPerSecond);
            fresh = through;
            direct = through.beside(server(servers.size()).socketAddress(), DIRECT_PER_SECOND);
        }
    }

    /** The first handshakes of a process, this one included, take a hundred times as long as those after. */
    private static synchronized void warmUp(InetSocketAddress to) {
        if (!warm) {
            NewConnections first = new NewConnections(to, WARM_UP_REQUESTS);
            await().atMost(START).until(() -> first.done().size() > WARM_UP_REQUESTS);
            first.stop();
            warm = true;
        }
    }

    /** Counted from 1. */
    ServerProcess server(int number) {
        return servers.get(number - 1);
    }

    /** Where clients connect. */
    InetSocketAddress to() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), balancer.port());
    }

    RunningBalancer balancer() {
        return balancer;
    }

    KeptConnections kept() {
        if (kept == null) {
            throw new IllegalStateException("no kept connections");
        }
        return kept;
    }

    ServerAddress address(ServerProcess server) {
        return ServerAddress.parse(setting.address(server), 1);
    }

    /** The server with this name. */
    ServerProcess named(String name) {
        return servers.stream()
                .filter(server -> server.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** What an operator does. */
    void change(ListChange change) {
        balancer.pool().change(change, OptionalLong.empty(), "operator");
    }

    /** Where state files are. */
    Path folder() {
        return folder;
    }

    /** What the balancer makes of a server now. */
    Server seen(ServerProcess server) {
        return balancer.pool()
                .list()
                .find(address(server))
                .orElseThrow(() -> new IllegalStateException(server.address() + " is not in the list"));
    }

    /** Waits until new sessions no longer go to a server; how long that took. */
    Duration untilUnusable(ServerProcess server) {
        return until(() -> !seen(server).usable());
    }

    Duration untilUsable(ServerProcess server) {
        return until(() -> seen(server).usable());
    }

    static Duration until(Callable<Boolean> condition) {
        long start = System.nanoTime();
        await().atMost(LONGEST).pollDelay(Duration.ZERO).pollInterval(POLL).until(condition);
        return Duration.ofNanos(System.nanoTime() - start);
    }

    /** Lets traffic go on for a time. */
    static void run(Duration time) {
        await().atMost(time.plusSeconds(10)).pollDelay(time).until(() -> true);
    }

    /** Ends the traffic, not without giving those just cut off the time to be served again; what it met since all was settled. */
    Report end() {
        try {
            await().atMost(HEALING)
                    .pollInterval(POLL)
                    .until(() -> kept().cuts().stream().allMatch(cut -> cut.nextAnswer() != null));
        } catch (ConditionTimeoutException unhealed) {
            // which the scenario judges
        }
        List<Cut> cuts = kept().stop();
        return new Report(stop(fresh), stop(direct), cuts).since(settledAt);
    }

    private static List<Request> stop(@Nullable NewConnections connections) {
        return connections == null ? List.of() : connections.stop();
    }

    @Override
    public void close() throws IOException {
        stop(fresh);
        stop(direct);
        if (kept != null) {
            kept.stop();
        }
        balancer.close();
        for (ServerProcess server : servers) {
            Fleet.giveBack(server);
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
