package io.apiserverlb.proxy;

import java.time.Duration;

/**
 * What is known of one connection's unacknowledged bytes, and how long the kernel may wait for their acknowledgement; times are nano times.
 *
 * <p>The kernel counts TCP_USER_TIMEOUT from the first probe of a closed window, and the acknowledgements of the probes do not stop it. So
 * the limit has to grow with them. It also never waits longer for the next probe than the limit lets it: once probes are rare, each is
 * sent when the limit was that was in force at the one before, and fails the connection unless the limit has grown since. That takes a look
 * between any two probes, wherefore limits grow by two looks at least, and in time; and only by what was acknowledged, so that a peer that
 * vanishes is noticed. Once they grow without: a peer that says something itself puts the next probe off, to the very end of the limit.
 *
 * @param timeout how long an acknowledgement may be missing
 * @param stalled whether the kernel has probed or repeated more than it was answered
 * @param since when that was found
 * @param backoff how often the kernel has doubled its patience
 * @param grownFor the latest acknowledgement when the limit grew
 * @param inGoodFaith whether that was known before
 * @param limit what TCP_USER_TIMEOUT has to be
 * @param quietLooks how often nothing was pending
 */
record Stall(
        long timeout,
        boolean stalled,
        long since,
        int backoff,
        long grownFor,
        boolean inGoodFaith,
        long limit,
        int quietLooks) {
    private static final long SHORTEST_PERIOD = Duration.ofMillis(100).toNanos();
    private static final int LOOKS_PER_TIMEOUT = 20;
    /** The kernel tells by a coarse clock when something came or went: nearer than this share of a look is the same time. */
    private static final int COARSENESS = 8;

    /**
     * What the kernel tells of a connection.
     *
     * @param pending whether bytes wait to be sent or acknowledged
     * @param inFlight whether sent bytes are unacknowledged; while a closed window is probed, none are
     * @param backoff 0 unless the kernel repeats bytes or probes a closed window
     * @param asked whether a probe was sent after the latest acknowledgement
     * @param sentAt when bytes were sent last; probes have none
     * @param ackedAt when the latest acknowledgement came
     */
    record Sample(boolean pending, boolean inFlight, int backoff, boolean asked, long sentAt, long ackedAt) {}

    static Stall none(Duration timeout) {
        return quiet(timeout.toNanos(), 0);
    }

    private static Stall quiet(long timeout, int looks) {
        return new Stall(timeout, false, 0, 0, 0, false, timeout, looks);
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
            return quiet(timeout, sample.pending() ? 0 : quietLooks + 1);
        }
        boolean openInBetween = sample.backoff() < backoff || (!sample.inFlight() && isAfter(sample.sentAt(), since));
        if (!stalled || openInBetween) {
            return new Stall(timeout, true, now, sample.backoff(), sample.ackedAt(), false, timeout, 0);
        }
        Stall same = new Stall(timeout, true, since, sample.backoff(), grownFor, inGoodFaith, limit, 0);
        boolean answered = isAfter(sample.ackedAt(), grownFor);
        boolean mayTrust = !sample.asked() && !inGoodFaith;
        return answered || mayTrust ? same.grown(now, sample.ackedAt(), !answered) : same;
    }

    private Stall grown(long now, long ackedAt, boolean trusting) {
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
        return new Stall(timeout, true, since, backoff, ackedAt, trusting, wanted - since + look(), 0);
    }

    private boolean isAfter(long time, long other) {
        return time - other > look() / COARSENESS;
    }

    private long look() {
        return period(Duration.ofNanos(timeout));
    }
}
