package io.apiserverlb.discovery.k3s;

import java.time.Duration;

/** When to give up waiting; in the system's time, as sockets and the JDK's futures wait by no other. */
record Deadline(long nanoTime) {
    static Deadline in(Duration time) {
        return new Deadline(System.nanoTime() + time.toNanos());
    }

    /** The one that comes first. */
    Deadline or(Deadline other) {
        return other.nanoTime - nanoTime < 0 ? other : this;
    }

    /** Not negative. */
    long remainingNanos() {
        return Math.max(0, nanoTime - System.nanoTime());
    }

    boolean isOver() {
        return remainingNanos() == 0;
    }
}
