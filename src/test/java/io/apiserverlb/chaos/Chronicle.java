package io.apiserverlb.chaos;

import io.apiserverlb.chaos.Trouble.What;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What really happened, and when; safe for use by any thread. */
final class Chronicle {
    /**
     * A time without a balancer that serves.
     *
     * @param from when it was told to end
     * @param to when one served again
     */
    record Outage(long from, long to) {}

    /**
     * A balancer took over from another one, between two nano times; what the other had it kept until its end.
     *
     * @param oldEndedFrom when the other one was told to end
     */
    record Takeover(long from, long to, long oldEndedFrom) {}

    private final List<Trouble> troubles = new ArrayList<>();
    private final List<Outage> outages = new ArrayList<>();
    private final List<Takeover> takeovers = new ArrayList<>();
    private final List<Start> starts = new ArrayList<>();

    /**
     * A balancer began to serve, which knows nothing yet of what was before.
     *
     * @param begun before which it did not
     * @param served since when it certainly did
     * @param settled when all of it had started: by then it knows as much as it would otherwise
     */
    record Start(long begun, long served, long settled) {}

    /** Something runs that can fail. */
    interface Deed {
        void run() throws Exception;
    }

    /** Has trouble begin. */
    void begin(What what, int server, Deed deed) throws Exception {
        Trouble begun = Trouble.begun(what, server, System.nanoTime());
        add(begun);
        deed.run();
        replace(begun, begun.done(System.nanoTime()));
    }

    /** Ends all trouble of these kinds that a server has. */
    void end(int server, Set<What> kinds, Deed deed) throws Exception {
        List<Trouble> current = open(server, kinds);
        long undoing = System.nanoTime();
        List<Trouble> ending =
                current.stream().map(trouble -> trouble.undoing(undoing)).toList();
        for (int i = 0; i < current.size(); i++) {
            replace(current.get(i), ending.get(i));
        }
        deed.run();
        long undone = System.nanoTime();
        ending.forEach(trouble -> replace(trouble, trouble.undone(undone)));
    }

    /** A fault that is over in a moment. */
    void moment(What what, int server, Deed deed) throws Exception {
        begin(what, server, deed);
        end(server, Set.of(what), () -> {});
    }

    /** So it is from the start. */
    synchronized void initially(What what, int server) {
        troubles.add(Trouble.begun(what, server, Long.MIN_VALUE).done(Long.MIN_VALUE));
    }

    private synchronized void add(Trouble trouble) {
        troubles.add(trouble);
    }

    private synchronized void replace(Trouble old, Trouble next) {
        troubles.set(troubles.indexOf(old), next);
    }

    private synchronized List<Trouble> open(int server, Set<What> kinds) {
        return troubles.stream()
                .filter(trouble -> trouble.server() == server
                        && kinds.contains(trouble.what())
                        && trouble.undoingAt() == Long.MAX_VALUE)
                .toList();
    }

    synchronized boolean isOpen(int server, What what) {
        return !open(server, Set.of(what)).isEmpty();
    }

    synchronized void outage(long from, long to) {
        outages.add(new Outage(from, to));
    }

    synchronized void takeover(long from, long to, long oldEndedFrom) {
        takeovers.add(new Takeover(from, to, oldEndedFrom));
    }

    synchronized void started(long begun, long served, long settled) {
        starts.add(new Start(begun, served, settled));
    }

    /** All that can be said of it now. */
    synchronized Facts facts(List<String> addresses) {
        return new Facts(
                addresses, List.copyOf(troubles), List.copyOf(outages), List.copyOf(takeovers), List.copyOf(starts));
    }
}
