package io.apiserverlb.chaos;

import io.apiserverlb.chaos.Trouble.What;
import io.apiserverlb.failover.Hiccups;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * What can be said of a time, when a run is over.
 *
 * @param addresses of the servers, by their numbers
 */
record Facts(
        List<String> addresses,
        List<Trouble> troubles,
        List<Chronicle.Outage> outages,
        List<Chronicle.Takeover> takeovers,
        List<Chronicle.Start> starts) {

    static final Set<What> FAULTS = EnumSet.of(What.BROKEN, What.SILENT, What.RED, What.FOREIGN);

    OptionalInt serverAt(String address) {
        int index = addresses.indexOf(address);
        return index < 0 ? OptionalInt.empty() : OptionalInt.of(index);
    }

    /** Whether some such trouble of a server may touch a span. */
    boolean touched(int server, Set<What> kinds, long from, long to) {
        return troubles.stream()
                .anyMatch(trouble -> trouble.server() == server
                        && kinds.contains(trouble.what())
                        && trouble.mayTouch(from - machine(from, to), to));
    }

    /** Whether any server was in the list, ready and well for long enough before a span, and throughout it. */
    boolean someoneWell(long from, long to) {
        return IntStream.range(0, addresses.size()).anyMatch(server -> isWell(server, from, to));
    }

    private boolean isWell(int server, long from, long to) {
        return !touched(server, EnumSet.allOf(What.class), from - Bounds.DETECTION, to);
    }

    /**
     * Why a session must not get to a server, or an empty text.
     *
     * @param chosen when it had this server at the latest: until then it may have waited, or tried another
     */
    String whyForbidden(int server, long start, long chosen) {
        for (Trouble trouble : troubles) {
            if (trouble.server() == server && trouble.holdsFor(start, chosen) && forbids(trouble, start, chosen)) {
                return "server " + server + " was " + trouble.what() + " since "
                        + (start - trouble.doneAt()) / 1_000_000 + " ms";
            }
        }
        return "";
    }

    private boolean forbids(Trouble trouble, long start, long chosen) {
        return switch (trouble.what()) {
            case ABSENT, MAINT -> true;
            // The last resort is every server that is not in maintenance.
            case DRAIN, WEIGHTLESS -> someoneWell(start, chosen);
            case FOREIGN -> {
                long noticed = start - Bounds.IDENTITY - machine(start - Bounds.IDENTITY, start);
                yield trouble.holdsAt(noticed)
                        && !touched(trouble.server(), EnumSet.of(What.ABSENT), noticed, start)
                        && isSettled(start);
            }
            case BROKEN, SILENT, RED -> false;
        };
    }

    /** Whether the balancer that served at a time had had the time to look at all servers. */
    private boolean isSettled(long time) {
        return starts.stream()
                .filter(start -> start.begun() <= time)
                .allMatch(start -> start.settled() + Bounds.IDENTITY < time);
    }

    /** Whether there may have been no balancer, at any time of a span. */
    boolean unserved(long from, long to) {
        return outages.stream().anyMatch(outage -> outage.from() <= to && outage.to() + Bounds.MOMENT >= from);
    }

    /** Whether a balancer that had handed over may have had the sessions of a span, and ended in it. */
    boolean leftBehind(long from, long to) {
        return takeovers.stream().anyMatch(takeover -> from <= takeover.to() && to >= takeover.oldEndedFrom());
    }

    /** Whether a session that began at a time may be one of a balancer that was replaced before another time. */
    boolean isOfOldBalancer(long start, long later) {
        return takeovers.stream().anyMatch(takeover -> start <= takeover.to() && later >= takeover.from());
    }

    /** What the machine itself took of a span. */
    static long machine(long from, long to) {
        return 2 * Hiccups.within(from - Bounds.DETECTION, to);
    }
}
