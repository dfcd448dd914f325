package io.apiserverlb.fleet;

import io.apiserverlb.fleet.Fleet.Outcome;
import io.apiserverlb.fleet.Fleet.Story;
import io.apiserverlb.pool.Policy;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What a fleet's reconnects do to the servers, by policy; prints tables. Arguments: nodes, sessions of each. */
final class FleetSimulation {
    /** Makes the picking of one node. */
    private interface Pickings {
        Picking of(int node, Timeline time, SplittableRandom random);
    }

    private static final Node.Pace PACED = new Node.Pace(2, 30);
    private static final Node.Pace AT_ONCE = new Node.Pace(0, 0);
    private static final Duration SLOW_START = Duration.ofSeconds(30);
    private static final double NOTICE = 30;
    private static final double LIFETIME = 600;
    private static final double FOR_EVER = 0;
    private static final int[] NOTICES = {10, 20, 30, 70};
    private static final int[] DRAIN_TIMEOUTS = {5, 10, 20, 30};

    private final int nodes;
    private final int clients;

    private FleetSimulation(int nodes, int clients) {
        this.nodes = nodes;
        this.clients = clients;
    }

    public static void main(String[] args) {
        int nodes = args.length > 0 ? Integer.parseInt(args[0]) : 5_000;
        int clients = args.length > 1 ? Integer.parseInt(args[1]) : 20;
        FleetSimulation simulation = new FleetSimulation(nodes, clients);
        System.out.printf(
                Locale.ROOT,
                "%,d nodes with %d sessions each, %d servers. A server is down for 30 s; clients return after 0 to 1 s.%n%n",
                nodes,
                clients,
                Fleet.SERVERS);
        simulation.leaving();
        simulation.drainTimeouts();
        simulation.returning();
        simulation.rolling();
    }

    private void leaving() {
        System.out.println(
                "A server goes away, sessions last. The share of the largest server in the first sessions of all nodes; then"
                        + " most new sessions per second of one of the other servers, sessions closed with pace / all at once:\n");
        head("policy", "first sessions", "crash", "silent host", "planned, 30 s notice");
        Stream<List<String>> policies = policies(SLOW_START).entrySet().parallelStream()
                .map(policy -> {
                    Outcome crash = run(Story.CRASH, policy.getValue(), PACED, NOTICE, FOR_EVER);
                    return List.of(
                            policy.getKey(),
                            percent(crash.first()),
                            count(crash.away()),
                            bothPaces(Story.SILENCE, policy.getValue()),
                            bothPaces(Story.PLANNED, policy.getValue()));
                });
        Stream<List<String>> others = others().entrySet().parallelStream().map(other -> {
            Outcome crash = run(Story.CRASH, other.getValue(), AT_ONCE, NOTICE, FOR_EVER);
            return List.of(
                    other.getKey(),
                    percent(crash.first()),
                    count(crash.away()),
                    count(away(Story.SILENCE, other.getValue(), AT_ONCE)),
                    count(away(Story.PLANNED, other.getValue(), AT_ONCE)));
        });
        print(policies, others);
    }

    private String bothPaces(Story story, Pickings pickings) {
        return count(away(story, pickings, PACED)) + " / " + count(away(story, pickings, AT_ONCE));
    }

    private int away(Story story, Pickings pickings, Node.Pace pace) {
        return run(story, pickings, pace, NOTICE, FOR_EVER).away();
    }

    private void drainTimeouts() {
        System.out.println(
                "The same for least-connections and planned restarts, by how long the server is not ready before it ends and by"
                        + " lb.drain-timeout:\n");
        head(Stream.concat(
                        Stream.of("notice"),
                        IntStream.of(DRAIN_TIMEOUTS).mapToObj(drain -> "drain-timeout " + drain + " s"))
                .toArray(String[]::new));
        Pickings pickings = of(Policy.LEAST_CONNECTIONS, SLOW_START);
        print(IntStream.of(NOTICES).boxed().parallel().map(notice -> {
            Stream<String> cells = IntStream.of(DRAIN_TIMEOUTS)
                    .mapToObj(drain ->
                            run(Story.PLANNED, pickings, new Node.Pace(PACED.leave(), drain), notice, FOR_EVER))
                    .map(outcome -> count(outcome.away()));
            return Stream.concat(Stream.of(notice + " s"), cells).toList();
        }));
    }

    private void returning() {
        double all = nodes * clients / LIFETIME;
        System.out.printf(
                Locale.ROOT,
                "A planned restart, sessions live for ten minutes on average: %.0f new ones per second. Those of the returned server"
                        + " per second 5 to 15 s after its return, and the largest server's share of all sessions ten minutes"
                        + " after it, with slow start / without:%n%n",
                all);
        head("policy", "returned server", "largest server");
        Map<String, Pickings> fast = policies(Duration.ZERO);
        Stream<List<String>> policies = policies(SLOW_START).entrySet().parallelStream()
                .map(policy -> {
                    Outcome slowly = run(Story.PLANNED, policy.getValue(), PACED, NOTICE, LIFETIME);
                    Outcome atOnce = run(Story.PLANNED, fast.get(policy.getKey()), PACED, NOTICE, LIFETIME);
                    return List.of(
                            policy.getKey(),
                            Math.round(slowly.returned()) + " / " + Math.round(atOnce.returned()),
                            percent(slowly.largest()) + " / " + percent(atOnce.largest()));
                });
        Stream<List<String>> others = others().entrySet().parallelStream().map(other -> {
            Outcome outcome = run(Story.PLANNED, other.getValue(), AT_ONCE, NOTICE, LIFETIME);
            return List.of(other.getKey(), String.valueOf(Math.round(outcome.returned())), percent(outcome.largest()));
        });
        print(policies, others);
    }

    private void rolling() {
        System.out.println(
                "A planned restart of all servers, each 30 s after the former one came back. Most new sessions per second of a"
                        + " server, and the largest server's share of all sessions ten minutes later:\n");
        head("policy", "per second", "largest: sessions last", "largest: they live for ten minutes");
        print(
                policies(SLOW_START).entrySet().parallelStream().map(policy -> rolling(policy, PACED)),
                others().entrySet().parallelStream().map(other -> rolling(other, AT_ONCE)));
    }

    private List<String> rolling(Map.Entry<String, Pickings> policy, Node.Pace pace) {
        Outcome lasting = run(Story.ROLLING, policy.getValue(), pace, NOTICE, FOR_EVER);
        Outcome renewed = run(Story.ROLLING, policy.getValue(), pace, NOTICE, LIFETIME);
        return List.of(policy.getKey(), count(lasting.away()), percent(lasting.largest()), percent(renewed.largest()));
    }

    // ---- who picks

    private static Map<String, Pickings> policies(Duration slowStart) {
        Map<String, Pickings> policies = new LinkedHashMap<>();
        for (Policy policy : Policy.values()) {
            policies.put(policy.name().toLowerCase(Locale.ROOT).replace('_', '-'), of(policy, slowStart));
        }
        return policies;
    }

    private static Pickings of(Policy policy, Duration slowStart) {
        return (node, time, random) -> new PoolPicking(policy, slowStart, Fleet.SERVERS, node, time, random);
    }

    private static Map<String, Pickings> others() {
        Map<String, Pickings> others = new LinkedHashMap<>();
        others.put("plain round robin", of(PlainPicking.Kind.ROUND_ROBIN));
        others.put("k3s agent", of(PlainPicking.Kind.STICKY));
        return others;
    }

    private static Pickings of(PlainPicking.Kind kind) {
        return (node, time, random) -> new PlainPicking(kind, Fleet.SERVERS, random);
    }

    private Outcome run(Story story, Pickings pickings, Node.Pace pace, double notice, double lifetime) {
        Timeline time = new Timeline();
        Fleet fleet = new Fleet(time);
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < nodes; i++) {
            Picking picking = pickings.of(i, time, random.split());
            fleet.add(new Node(fleet, time, picking, pace, new Random(random.nextLong()), Fleet.SERVERS));
        }
        return fleet.run(story, clients, notice, lifetime);
    }

    // ---- the tables

    private static String percent(double share) {
        return Math.round(100 * share) + " %";
    }

    private static String count(int number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    private static void head(String... cells) {
        row(List.of(cells));
        row(Stream.of(cells).map(cell -> "---").toList());
    }

    @SafeVarargs
    private static void print(Stream<List<String>>... parts) {
        Stream.of(parts).forEach(part -> part.toList().forEach(FleetSimulation::row));
        System.out.println();
    }

    private static void row(List<String> cells) {
        System.out.println("| " + String.join(" | ", cells) + " |");
    }
}
