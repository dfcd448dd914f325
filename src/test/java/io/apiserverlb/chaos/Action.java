package io.apiserverlb.chaos;

import java.time.Duration;

/**
 * One thing that happens in a story.
 *
 * @param at since the story's begin
 * @param server counted from 0; of the balancer's own {@link #NONE}
 * @param other of {@link Kind#REPLACE} the server that comes for the one that goes, of {@link Kind#WEIGHT} the weight, else 0
 */
record Action(Duration at, Kind kind, int server, int other) {
    static final int NONE = -1;

    /** What can happen. */
    enum Kind {
        /** SIGKILL. */
        KILL,
        /** SIGSTOP. */
        FREEZE,
        /** All packets to it are dropped. */
        BLACK_HOLE,
        /** Its link is down. */
        UNPLUG,
        /** It loses packets. */
        LOSE,
        /** It resets all its connections and goes on. */
        RESET,
        /** It is not ready. */
        RED,
        /** It shows another cluster's certificate. */
        FOREIGN,
        /** The end of the fault that it has. */
        MEND,
        REMOVE,
        ADD,
        /** Another server takes over, in one change of the list. */
        REPLACE,
        DRAIN,
        MAINT,
        READY,
        WEIGHT,
        /** The balancer is ended by SIGTERM and started again. */
        TERMINATE,
        /** The same by SIGKILL. */
        CRASH,
        /** Another balancer takes over. */
        HAND_OVER,
        /** All clients leave, and all has to add up. */
        QUIET;

        /** What a server suffers until it is mended. */
        boolean isFault() {
            return compareTo(FOREIGN) <= 0 && this != RESET;
        }

        /** What is done to servers themselves, not to the balancer. */
        boolean isOfServers() {
            return compareTo(MEND) <= 0;
        }
    }

    @Override
    public String toString() {
        String who = server == NONE ? "" : " server " + server;
        String what = kind == Kind.REPLACE ? " by server " + other : kind == Kind.WEIGHT ? " " + other : "";
        return "%7.3f s: %s%s%s".formatted(at.toMillis() / 1_000.0, kind, who, what);
    }
}
