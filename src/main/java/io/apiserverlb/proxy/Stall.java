package io.apiserverlb.proxy;

import java.time.Duration;

/**
 * What is known of one connection's unacknowledged bytes, and how long the kernel may wait for their acknowledgement; times are nano times.
 *
 * <p>The kernel counts TCP_USER_TIMEOUT from the first probe of a closed window, and the acknowledgements of the probes do not stop it. So
 * the limit has to grow with them. It also never waits longer for the next probe than the limit lets it: once probes are rare, each is
 * sent when the limit was that was in force at the one before, and fails the connection unless the limit has grown since. That takes a look
 * between any two probes, wherefore limits grow by two looks at least, and in time; and only by what was acknowledged, so that a peer that
 * vanishes is noticed.
 *
 * @param timeout how long an acknowledgement may be missing
 * @param stalled whether the kernel has probed or repeated more than it was answered
 * @param since when that was found
 * @param backoff how often the kernel has doubled its patience
 * @param grownFor the acknowledgement that the limit grew for
 * @param limit what TCP_USER_TIMEOUT has to be
 * @param quietLooks how often nothing was pending
 */
record Stall(long timeout, boolean stalled, long since, int backoff, long grownFor, long limit, int quietLooks) {
    private static final long SHORTEST_PERIOD = Duration.ofMillis(100).toNanos();
    private static final int LOOKS_PER_TIMEOUT = 16;
    /** The kernel tells when an acknowledgement came by a coarse clock. */
    private static final int ACKS_PER_LOOK = 8;
    /** Up to here the backoff tells how long the kernel can have been probing, as the limit has not hurried it yet. */
    private static final int SMALL_BACKOFF = 3;

    /**
     * What the kernel tells of a connection.
     *
     * @param pending whether sent bytes are unacknowledged
     * @param backoff 0 unless the kernel repeats bytes or probes a closed window
     * @param rto nanoseconds
     * @param ackedAt when the latest acknowledgement came
     */
    record Sample(boolean pending, int backoff, long rto, long ackedAt) {}

    static Stall none(Duration timeout) {
        return new Stall(timeout.toNanos(), false, 0, 0, 0, timeout.toNanos(), 0);
    }

    /** Nanoseconds between two looks. */
    static long period(Duration timeout) {
        return Math.max(SHORTEST_PERIOD, timeout.toNanos() / LOOKS_PER_TIMEOUT);
    }

    /** Whether there is nothing to look for: while the last bytes are under way, a window that has just closed looks like it once. */
    boolean over() {
        return quietLooks > 1;
    }

    Stall after(long now, Sample sample) {
        if (sample.backoff() == 0) {
            return new Stall(timeout, false, 0, 0, 0, timeout, sample.pending() ? 0 : quietLooks + 1);
        }
        if (!stalled) {
            return begun(now, sample);
        }
        long longest = sample.rto() << Math.min(sample.backoff() + 1, SMALL_BACKOFF + 1);
        boolean tooShortForThis = sample.backoff() <= SMALL_BACKOFF && now - since > longest + look();
        if (sample.backoff() < backoff || tooShortForThis) {
            return begun(now, sample); // the window was open in between
        }
        return new Stall(timeout, true, since, sample.backoff(), grownFor, limit, 0).grown(now, sample.ackedAt());
    }

    private Stall begun(long now, Sample sample) {
        return new Stall(timeout, true, now, sample.backoff(), sample.ackedAt(), timeout, 0);
    }

    private Stall grown(long now, long ackedAt) {
        if (ackedAt - grownFor <= look() / ACKS_PER_LOOK) {
            return this;
        }
        // The kernel may have begun to count up to a look before it was found.
        long end = since - look() + limit;
        long least = end + 2 * look();
        long wanted = ackedAt + timeout;
        if (wanted - least < 0) {
            if (end - now > 3 * look()) {
                return this; // there will be another look in time
            }
            wanted = least;
        }
        return new Stall(timeout, true, since, backoff, ackedAt, wanted - since + look(), 0);
    }

    private long look() {
        return period(Duration.ofNanos(timeout));
    }
}
