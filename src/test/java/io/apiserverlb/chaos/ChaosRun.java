package io.apiserverlb.chaos;

import static org.awaitility.Awaitility.await;

import io.apiserverlb.chaos.Action.Kind;
import io.apiserverlb.chaos.Trouble.What;
import io.apiserverlb.failover.Request;
import io.apiserverlb.failover.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Performs one story under traffic, and judges what came of it. */
final class ChaosRun implements AutoCloseable {
    private static final int TOLD_BEFORE = 12;
    /** For what faults have left to be over. */
    private static final Duration CALM = Duration.ofSeconds(3);
    /** Who is later has the rest of his part later as well: two actions that belong apart are not to come together. */
    private static final Duration PUNCTUAL = Duration.ofMillis(500);

    /** How much more than before any traffic may be left: pipes that wait for the next bulk, connections kept for checks and REST. */
    private static final Map<String, Integer> MORE =
            Map.of("pipe", 4 * Runtime.getRuntime().availableProcessors(), "socket", 6, "anon_inode", 2, "file", 3);

    private static final long MORE_HEAP = 16 << 20;
    private static final long MORE_RESIDENT = 96 << 10;

    private final Story story;
    private final List<ServerProcess> servers;
    private final Chronicle chronicle = new Chronicle();
    private final Violations violations = new Violations();
    private final World world;
    private final Clients clients;
    private final Map<Integer, Long> ledgersFrom = new HashMap<>();
    private final CyclicBarrier together = new CyclicBarrier(2);
    private final List<String> performed = new ArrayList<>();
    private final List<String> figures = new ArrayList<>();
    private @Nullable Resources before;
    /** Of all times that are told. */
    private long origin;

    private int quiets;

    /** @param folder for logs and the state file */
    ChaosRun(Story story, List<ServerProcess> servers, Path folder) throws IOException {
        this.story = story;
        this.servers = servers;
        this.world = new World(servers, chronicle, violations, folder);
        this.clients = new Clients(world.to(), new Random(story.seed()));
        for (int server = 0; server < servers.size(); server++) {
            Path ledger = servers.get(server).ledger();
            ledgersFrom.put(server, Files.exists(ledger) ? Files.size(ledger) : 0L);
        }
    }

    /** Performs all of it, and says what was violated. */
    List<Violations.Violation> perform() throws Exception {
        world.begin();
        quiet();
        clients.come();
        origin = System.nanoTime();
        ExecutorService directors = Executors.newFixedThreadPool(2);
        try {
            Future<?> one = directors.submit(() -> directOrBreak(true));
            Future<?> other = directors.submit(() -> directOrBreak(false));
            List<Throwable> failures = Stream.concat(failure(one), failure(other))
                    .filter(failure -> !(failure instanceof BrokenBarrierException))
                    .toList();
            if (!failures.isEmpty()) {
                throw new IllegalStateException("the story could not be performed", failures.get(0));
            }
        } finally {
            directors.shutdownNow();
        }
        rest(System.nanoTime(), CALM);
        clients.leave();
        quiet();
        judge();
        return violations.all();
    }

    private static Stream<Throwable> failure(Future<?> direction) throws InterruptedException {
        try {
            direction.get();
            return Stream.of();
        } catch (ExecutionException e) {
            return Stream.of(e.getCause());
        }
    }

    private @Nullable Void directOrBreak(boolean ofServers) throws Exception {
        boolean done = false;
        try {
            direct(ofServers);
            done = true;
            return null;
        } finally {
            if (!done) {
                breakTogether();
            }
        }
    }

    /** The other one must not wait for one that does not come: a barrier at which anybody has lost patience lets nobody wait. */
    private void breakTogether() throws InterruptedException {
        try {
            together.await(0, TimeUnit.NANOSECONDS);
        } catch (BrokenBarrierException | TimeoutException broken) {
            // as it should be
        }
    }

    /** Performs the actions of one kind; when it is to be quiet, both kinds wait for each other. */
    private void direct(boolean ofServers) throws Exception {
        long zero = origin;
        for (Action action : story.actions()) {
            if (action.kind() == Kind.QUIET) {
                together.await();
                if (!ofServers) {
                    rest(System.nanoTime(), CALM);
                    clients.leave();
                    quiet();
                    clients.come();
                }
                together.await();
                zero = System.nanoTime() - action.at().toNanos();
            } else if (action.kind().isOfServers() == ofServers) {
                rest(zero, action.at());
                long at = System.nanoTime();
                world.perform(action);
                long late = System.nanoTime() - zero - action.at().toNanos();
                zero += late > PUNCTUAL.toNanos() ? late : 0;
                note("%9.3f s, took %d ms: %s".formatted(seconds(at), (System.nanoTime() - at) / 1_000_000, action));
            }
        }
    }

    private double seconds(long at) {
        return (at - origin) / 1e9;
    }

    private synchronized void note(String action) {
        performed.add(action);
        System.err.println("chaos: " + action);
    }

    private static void rest(long zero, Duration until) {
        long at = zero + until.toNanos();
        await().atMost(Duration.ofHours(24))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> System.nanoTime() - at >= 0);
    }

    /** Nobody is there: all has to add up, and what was used has been given back. */
    private void quiet() throws IOException, InterruptedException {
        Life life = world.life();
        Facts facts = chronicle.facts(world.addresses());
        long start = facts.starts().get(facts.starts().size() - 1).served();
        Set<String> steady = IntStream.range(0, servers.size())
                .filter(server -> !facts.touched(server, Set.of(What.ABSENT), start, Long.MAX_VALUE))
                .mapToObj(server -> servers.get(server).address())
                .collect(Collectors.toSet());
        new Accounts(world.rest(), life, violations).check(steady);
        Resources now = Resources.of(life.service().pid());
        if (before == null) {
            before = now;
        }
        compare(before, now);
        figures.add("quiet " + quiets++ + ", balancer " + life.number() + ": " + now);
    }

    private void compare(Resources first, Resources now) {
        MORE.forEach((kind, more) -> {
            if (now.count(kind) > first.count(kind) + more) {
                violations.now("descriptors are given back", kind + ": first " + first + ", now " + now);
            }
        });
        if (now.heap() > first.heap() + MORE_HEAP || now.resident() > first.resident() + MORE_RESIDENT) {
            violations.now("memory is given back", "first " + first + ", now " + now);
        }
    }

    private void judge() throws IOException {
        Facts facts = chronicle.facts(world.addresses());
        Ledgers ledgers = new Ledgers();
        for (int server = 0; server < servers.size(); server++) {
            ledgers.read(server, servers.get(server).ledger(), ledgersFrom.getOrDefault(server, 0L));
        }
        List<SessionLine> lines =
                world.lives().stream().flatMap(life -> life.sessions().stream()).toList();
        for (SessionLine line : lines) {
            if ("RI".indexOf(line.flags().charAt(0)) >= 0) {
                violations.add(line.at(), "the balancer makes no mistake", line.text());
            }
        }
        for (Life life : world.lives()) {
            life.complaints()
                    .forEach(line ->
                            violations.now("the log has no complaint", "balancer " + life.number() + ": " + line));
        }
        TransferRules transfers = new TransferRules(facts, ledgers, new SessionLines(lines), violations);
        clients.transfers().forEach(transfers::judge);
        RequestRules requests = new RequestRules(
                facts, servers.stream().map(ServerProcess::name).toList(), violations);
        clients.requests().forEach(requests::judge);
    }

    /** What happened, in words. */
    String report() {
        Map<Transfer.Outcome, Long> outcomes =
                clients.transfers().stream().collect(Collectors.groupingBy(Transfer::outcome, Collectors.counting()));
        long failed = clients.requests().stream().filter(Request::failed).count();
        String evidence = violations.all().stream()
                .map(violation -> "%nVIOLATION at %.3f s: %s%n    %s%n    before it:%n%s"
                        .formatted(
                                seconds(violation.at()),
                                violation.rule(),
                                violation.evidence(),
                                before(violation.at())))
                .collect(Collectors.joining());
        return "seed %d, %d s, %d actions, %d balancers, %d transfers %s, %d requests, %d failed%n%s%s%n%d violations"
                .formatted(
                        story.seed(),
                        story.duration().toSeconds(),
                        performed.size(),
                        world.lives().size(),
                        clients.transfers().size(),
                        outcomes,
                        clients.requests().size(),
                        failed,
                        String.join("\n", figures),
                        evidence,
                        violations.all().size());
    }

    private String before(long at) {
        double seconds = seconds(at);
        List<String> earlier = performed.stream()
                .sorted(Comparator.comparingDouble(ChaosRun::told))
                .filter(line -> told(line) <= seconds)
                .toList();
        return Stream.concat(
                        earlier.subList(Math.max(0, earlier.size() - TOLD_BEFORE), earlier.size()).stream(),
                        Stream.of(""))
                .map(line -> "      " + line)
                .collect(Collectors.joining("\n"));
    }

    /** When it was performed. */
    private static double told(String line) {
        return Double.parseDouble(line.strip().split(" ", 2)[0]);
    }

    @Override
    public void close() throws IOException {
        clients.close();
        world.close();
    }
}
