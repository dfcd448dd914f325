package io.apiserverlb.chaos;

import static org.awaitility.Awaitility.await;

import io.apiserverlb.chaos.Trouble.What;
import io.apiserverlb.failover.ServerProcess;
import io.apiserverlb.testing.HeldPort;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The servers and the balancer, and whoever hurts and changes them. What is of servers and what is of the balancer may be done by two
 * threads at a time.
 */
final class World implements AutoCloseable {
    /** However busy the machine is. */
    private static final Duration START = Duration.ofMinutes(8);

    private static final int SIGTERM_EXIT = 143;
    private static final double LOST = 0.05;
    /** Which the process before has with the next. */
    private static final Duration HAND_OVER_PATIENCE = Duration.ofSeconds(55);

    private static final String TOOK_OVER = "took over from the process before";

    private final List<ServerProcess> servers;
    private final Chronicle chronicle;
    private final Violations violations;
    private final Path folder;
    private final HeldPort port;
    private final HeldPort webPort;
    private final Rest rest;
    private final Operator operator;
    private final StateFileWatch stateFile;
    private final List<Life> lives = new ArrayList<>();
    private @Nullable Life serving;

    /** Nothing is started yet. */
    World(List<ServerProcess> servers, Chronicle chronicle, Violations violations, Path folder) throws IOException {
        this.servers = List.copyOf(servers);
        this.chronicle = chronicle;
        this.violations = violations;
        this.folder = folder;
        this.port = new HeldPort();
        this.webPort = new HeldPort();
        this.rest = new Rest(webPort.port());
        this.operator = new Operator(rest, addresses().subList(0, Story.LISTED), violations);
        for (int server = Story.LISTED; server < servers.size(); server++) {
            chronicle.initially(What.ABSENT, server);
        }
        this.stateFile = new StateFileWatch(stateFile(), violations);
    }

    List<String> addresses() {
        return servers.stream().map(ServerProcess::address).toList();
    }

    /** Where clients connect. */
    InetSocketAddress to() {
        return port.socketAddress();
    }

    Rest rest() {
        return rest;
    }

    /** The process that serves. */
    Life life() {
        return Objects.requireNonNull(serving);
    }

    List<Life> lives() {
        return List.copyOf(lives);
    }

    private Path stateFile() {
        return folder.resolve("state.json");
    }

    /** Starts the first balancer. */
    void begin() throws IOException {
        startLife();
        serving();
    }

    private Life startLife() throws IOException {
        List<String> arguments = Stream.concat(
                        Bounds.PROPERTIES.stream(),
                        Stream.of(
                                "--lb.name=chaos-" + port.port(),
                                "--lb.handover=true",
                                "--lb.listen=127.0.0.1:" + port.port(),
                                "--server.port=" + webPort.port(),
                                "--lb.state-file=" + stateFile(),
                                "--lb.server-addresses="
                                        + String.join(",", addresses().subList(0, Story.LISTED)),
                                "--lb.check.ca-file=" + servers.get(0).authority()))
                .toList();
        Life life = Life.start(lives.size() + 1, folder, arguments);
        lives.add(life);
        serving = life;
        return life;
    }

    /** Waits until clients are served, and then until operators are; nano time of the first. */
    private long serving() {
        long begun = System.nanoTime();
        Life life = life();
        await().atMost(START).pollInterval(Duration.ofMillis(10)).until(() -> {
            if (!life.service().isAlive()) {
                throw new IllegalStateException(
                        "the balancer has ended: " + life.service().log());
            }
            return connects();
        });
        long served = System.nanoTime();
        await().atMost(START)
                .pollInterval(Duration.ofMillis(50))
                .ignoreException(ConnectException.class)
                .until(() -> rest.get("/lb").has("name"));
        chronicle.started(begun, served, System.nanoTime());
        return served;
    }

    private boolean connects() {
        try (Socket probe = new Socket()) {
            probe.connect(to());
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Does what a story says. */
    void perform(Action action) throws Exception {
        int server = action.server();
        switch (action.kind()) {
            case KILL -> chronicle.begin(What.BROKEN, server, servers.get(server)::kill);
            case FREEZE -> chronicle.begin(What.SILENT, server, servers.get(server)::freeze);
            case BLACK_HOLE ->
                onNetwork(server, () -> servers.get(server).namespace().dropIncoming());
            case UNPLUG ->
                onNetwork(server, () -> servers.get(server).namespace().unplug());
            case LOSE -> onNetwork(server, () -> servers.get(server).namespace().lose(LOST));
            case RESET -> chronicle.moment(What.BROKEN, server, servers.get(server)::reset);
            case RED -> chronicle.begin(What.RED, server, servers.get(server)::red);
            case FOREIGN -> chronicle.begin(What.FOREIGN, server, servers.get(server)::showForeignCertificate);
            case MEND -> mend(server);
            case REMOVE -> chronicle.begin(What.ABSENT, server, () -> operator.remove(address(server)));
            case ADD -> chronicle.end(server, Set.of(What.ABSENT), () -> operator.add(address(server)));
            case REPLACE ->
                chronicle.begin(
                        What.ABSENT,
                        server,
                        () -> chronicle.end(
                                action.other(),
                                Set.of(What.ABSENT),
                                () -> operator.replace(address(server), address(action.other()))));
            case DRAIN -> chronicle.begin(What.DRAIN, server, () -> operator.admin(address(server), "drain"));
            case MAINT -> chronicle.begin(What.MAINT, server, () -> operator.admin(address(server), "maint"));
            case READY ->
                chronicle.end(server, Set.of(What.DRAIN, What.MAINT), () -> operator.admin(address(server), "ready"));
            case WEIGHT -> weight(server, action.other());
            case TERMINATE -> restart(() -> terminate(life()));
            case CRASH -> restart(this::crash);
            case HAND_OVER -> handOver();
            case QUIET -> throw new IllegalArgumentException("whoever has the clients does that");
        }
    }

    private String address(int server) {
        return servers.get(server).address();
    }

    /** Where there are no network namespaces, all servers are on this host, and silent in another way. */
    private void onNetwork(int server, Chronicle.Deed deed) throws Exception {
        boolean elsewhere = servers.get(server).isElsewhere();
        chronicle.begin(What.SILENT, server, elsewhere ? deed : servers.get(server)::freeze);
    }

    private void mend(int server) throws Exception {
        ServerProcess process = servers.get(server);
        if (chronicle.isOpen(server, What.BROKEN)) {
            chronicle.end(server, Set.of(What.BROKEN), process::restart);
        }
        chronicle.end(server, Facts.FAULTS, () -> {
            if (process.isElsewhere()) {
                process.namespace().mend();
            }
            process.thaw();
            process.green();
            process.showOwnCertificate();
        });
    }

    private void weight(int server, int weight) throws Exception {
        if (weight == 0) {
            chronicle.begin(What.WEIGHTLESS, server, () -> operator.weight(address(server), weight));
        } else {
            chronicle.end(server, Set.of(What.WEIGHTLESS), () -> operator.weight(address(server), weight));
        }
    }

    private void restart(Chronicle.Deed end) throws Exception {
        stateFile.awaitVersion(operator.acknowledged().version());
        long from = System.nanoTime();
        end.run();
        startLife();
        chronicle.outage(from, serving());
        operator.compare("a restart keeps the list");
    }

    private void crash() {
        life().service().close();
    }

    private void terminate(Life life) throws InterruptedException {
        life.service().terminate();
        int code = life.service().exitCode();
        if (code != SIGTERM_EXIT) {
            violations.now("SIGTERM ends it in order", "exit code " + code);
        }
    }

    private void handOver() throws Exception {
        Life old = life();
        long from = System.nanoTime();
        Life next = startLife();
        await().atMost(START)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> !next.service().isAlive() || next.service().log().contains(TOOK_OVER));
        long to = System.nanoTime();
        if (!next.service().log().contains(TOOK_OVER)) {
            goOn(old, Duration.ofNanos(to - from), next);
            return;
        }
        chronicle.started(from, to, to);
        chronicle.takeover(from, to, to);
        operator.compare("a hand-over keeps the list");
        terminate(old);
    }

    /** A machine may be too busy for a process to start in time: then nothing has happened. */
    private void goOn(Life old, Duration after, Life next) throws Exception {
        if (after.compareTo(HAND_OVER_PATIENCE) < 0) {
            violations.now("the next balancer takes over", next.service().log());
        }
        serving = old;
        operator.compare("a hand-over that comes to nothing keeps the list");
    }

    @Override
    public void close() throws IOException {
        stateFile.close();
        lives.forEach(life -> life.service().close());
        port.close();
        webPort.close();
    }
}
