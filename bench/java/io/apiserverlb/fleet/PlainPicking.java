package io.apiserverlb.fleet;

import java.util.Set;
import java.util.random.RandomGenerator;

/** What others do, for comparison: checks as often as this balancer's and with its thresholds, but no pace and no slow start. */
final class PlainPicking implements Picking {
    /** Which of the servers. */
    enum Kind {
        /** In turn, beginning with the first: HAProxy's and nginx's {@code roundrobin}. */
        ROUND_ROBIN,
        /** One of them until it fails, then another one, in an order that is the node's own: the k3s agent's. */
        STICKY
    }

    private static final int FALL = 3;
    private static final int RISE = 2;

    private final Kind kind;
    private final int step;
    private final int[] failures;
    private final int[] passes;
    private final boolean[] down;
    private int next;

    PlainPicking(Kind kind, int servers, RandomGenerator random) {
        this.kind = kind;
        this.failures = new int[servers];
        this.passes = new int[servers];
        this.down = new boolean[servers];
        this.next = kind == Kind.STICKY ? random.nextInt(servers) : 0;
        // Forwards or backwards: for three servers these are all the orders there are.
        this.step = kind == Kind.STICKY && random.nextBoolean() ? servers - 1 : 1;
    }

    @Override
    public Place pick(Set<Integer> tried) {
        int server = next;
        while (down[server] || tried.contains(server)) {
            server = (server + step) % down.length;
        }
        next = kind == Kind.STICKY ? server : (server + step) % down.length;
        int picked = server;
        return new Place() {
            @Override
            public int server() {
                return picked;
            }

            @Override
            public void connected() {}

            @Override
            public void refused() {}

            @Override
            public void close() {}
        };
    }

    /** A server that is not ready is as good as down: neither looks at the difference. */
    @Override
    public void checked(int server, Verdict verdict) {
        boolean pass = verdict == Verdict.PASS;
        failures[server] = pass ? 0 : failures[server] + 1;
        passes[server] = pass ? passes[server] + 1 : 0;
        down[server] = down[server] ? passes[server] < RISE : failures[server] >= FALL;
    }

    @Override
    public Sessions sessionsOf(int server) {
        return down[server] ? Sessions.LEAVE : Sessions.STAY;
    }

    @Override
    public double interval(int server) {
        if (down[server]) {
            return 2;
        }
        return failures[server] > 0 ? 1 : 3;
    }
}
