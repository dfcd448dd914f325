package io.apiserverlb.fleet;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** All nodes and all servers, and what becomes of them in one story. */
final class Fleet {
    /** What is wrong with a server. */
    enum Condition {
        WELL,
        NOT_READY,
        REFUSING,
        SILENT
    }

    /** How servers go away; each is down for 30 seconds. */
    enum Story {
        /** A process ends, and the kernel resets its connections. */
        CRASH,
        /** A host is gone, and nothing says so. */
        SILENCE,
        /** A server says for a while that it is not ready, then its process ends. */
        PLANNED,
        /** All three, one after the other, as planned ones; each begins when the former one has been back for 30 seconds. */
        ROLLING
    }

    /**
     * What was seen.
     *
     * @param away most new sessions that a server got in a second until the last one came back
     * @param returned new sessions per second of the one that came back, while its slow start was about a third through
     * @param largest the largest server's share of all sessions ten minutes after that
     * @param first the largest server's share of the first session of each node
     */
    record Outcome(int away, double returned, double largest, double first) {}

    static final int SERVERS = 3;
    private static final int START_WITHIN = 10;
    private static final int HURT = 60;
    private static final int DOWN_FOR = 30;
    private static final int BETWEEN = 30;
    private static final int SETTLE = 600;
    /** After it came back; a slow start is over by then. */
    private static final int CHECKED_FOR = 40;
    /** All nodes know of its return by then. */
    private static final int KNOWN_AFTER = 5;

    private static final int LOOK_FOR = 10;

    private final Timeline time;
    private final List<Node> nodes = new ArrayList<>();
    private final Condition[] conditions = new Condition[SERVERS];
    private final int[] sessions = new int[SERVERS];
    private final int[] first = new int[SERVERS];
    /** New sessions of each server in each second. */
    private final int[][] arrivals = new int[SERVERS][2 * SETTLE];

    Fleet(Timeline time) {
        this.time = time;
        Arrays.fill(conditions, Condition.WELL);
    }

    void add(Node node) {
        nodes.add(node);
    }

    // ---- what nodes see and do

    Condition conditionOf(int server) {
        return conditions[server];
    }

    /** @param first whether it is the node's first session */
    void arrived(int server, boolean first) {
        sessions[server]++;
        arrivals[server][(int) time.seconds()]++;
        if (first) {
            this.first[server]++;
        }
    }

    void left(int server) {
        sessions[server]--;
    }

    // ---- the story

    /**
     * Tells the story.
     *
     * @param clients of each node
     * @param notice for how many seconds a server is not ready before a planned restart
     * @param lifetime of a session on average, in seconds; 0: sessions last
     */
    Outcome run(Story story, int clients, double notice, double lifetime) {
        nodes.forEach(node -> node.start(clients, START_WITHIN, lifetime));
        time.runUntil(HURT);
        double back = switch (story) {
            case CRASH -> goesAway(0, HURT, 0, Condition.REFUSING);
            case SILENCE -> goesAway(0, HURT, 0, Condition.SILENT);
            case PLANNED -> goesAway(0, HURT, notice, Condition.REFUSING);
            case ROLLING -> {
                double begins = HURT;
                for (int server = 0; server < SERVERS; server++) {
                    begins = goesAway(server, begins, notice, Condition.REFUSING) + BETWEEN;
                }
                yield begins - BETWEEN;
            }
        };
        double end = back + SETTLE;
        time.runUntil(end);
        int last = story == Story.ROLLING ? SERVERS - 1 : 0;
        return new Outcome(peak(HURT, back), returned(last, back + KNOWN_AFTER), share(sessions), share(first));
    }

    /** When it comes back. */
    private double goesAway(int server, double from, double notReady, Condition then) {
        double back = from + notReady + DOWN_FOR;
        at(from, () -> {
            if (notReady > 0) {
                conditions[server] = Condition.NOT_READY;
            }
            nodes.forEach(node -> node.check(server, back + CHECKED_FOR));
        });
        at(from + notReady, () -> {
            conditions[server] = then;
            if (then == Condition.REFUSING) {
                nodes.forEach(node -> node.reset(server));
            }
        });
        at(back, () -> {
            conditions[server] = Condition.WELL;
            if (then == Condition.SILENT) {
                nodes.forEach(node -> node.reset(server)); // it knows nothing of connections of its former life
            }
        });
        return back;
    }

    private void at(double seconds, Runnable action) {
        time.after(seconds - time.seconds(), action);
    }

    private int peak(double from, double to) {
        return Arrays.stream(arrivals)
                .flatMapToInt(each -> Arrays.stream(each, (int) from, (int) to))
                .max()
                .orElseThrow();
    }

    private double returned(int server, double from) {
        return Arrays.stream(arrivals[server], (int) from, (int) from + LOOK_FOR)
                        .sum()
                / (double) LOOK_FOR;
    }

    private static double share(int[] counts) {
        return Arrays.stream(counts).max().orElseThrow()
                / (double) Arrays.stream(counts).sum();
    }
}
