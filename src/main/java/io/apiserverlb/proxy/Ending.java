package io.apiserverlb.proxy;

import io.apiserverlb.pool.CloseReason;
import io.apiserverlb.pool.ConnectFailure;
import java.net.NoRouteToHostException;
import java.util.List;
import java.util.regex.Pattern;

/**
 * How a session ended.
 *
 * @param reset whether the other half is told by a reset that what it got is not the whole
 */
record Ending(CloseReason reason, Cause cause, boolean reset) {
    /** Where nobody answers, the kernel says what it last heard of the way there; of a connection that was made, it waits before. */
    private static final Pattern ENDED_BY_SILENCE =
            Pattern.compile("timed out|no route to host|unreachable|host is down", Pattern.CASE_INSENSITIVE);
    /** What the kernel says when it has nothing left to give. */
    private static final Pattern OUT_OF_RESOURCES =
            Pattern.compile("no buffer space|cannot allocate memory|too many open files", Pattern.CASE_INSENSITIVE);

    static final Ending CLIENT_DONE = new Ending(CloseReason.CLIENT, Cause.DONE, false);
    static final Ending SERVER_DONE = new Ending(CloseReason.SERVER, Cause.DONE, false);
    static final Ending CLIENT_ABORTED = new Ending(CloseReason.CLIENT, Cause.CLIENT_ABORTED, true);
    static final Ending SERVER_ABORTED = new Ending(CloseReason.SERVER, Cause.SERVER_ABORTED, true);
    /** The server is about to stop, which counts as draining, though no operator asked for it. */
    static final Ending NOT_READY = new Ending(CloseReason.DRAIN, Cause.DOWN, false);

    /**
     * No server could be connected to: in time, for want of something of our own, or at all.
     *
     * @param waited whether the client has waited in the end for any server that might come
     */
    static Ending unserved(List<DialFailure> failures, boolean waited) {
        return new Ending(CloseReason.ERROR, waited ? Cause.SERVER_TIMEOUT : causeOf(failures), true);
    }

    private static Cause causeOf(List<DialFailure> failures) {
        if (all(failures, ConnectFailure.TIMEOUT)) {
            return Cause.SERVER_TIMEOUT;
        }
        return all(failures, ConnectFailure.LOCAL) ? Cause.RESOURCES : Cause.SERVER_ABORTED;
    }

    private static boolean all(List<DialFailure> failures, ConnectFailure reason) {
        return !failures.isEmpty() && failures.stream().allMatch(failure -> failure.reason() == reason);
    }

    static Ending doneBy(Side side) {
        return side == Side.CLIENT ? CLIENT_DONE : SERVER_DONE;
    }

    static Ending abortedBy(Side side) {
        return side == Side.CLIENT ? CLIENT_ABORTED : SERVER_ABORTED;
    }

    /** One side's connection failed: it was reset, the kernel has waited for it too long, or the trouble is ours. */
    static Ending brokenBy(Side side, Throwable cause) {
        if (cause instanceof OutOfMemoryError || says(OUT_OF_RESOURCES, cause)) {
            return new Ending(CloseReason.ERROR, Cause.RESOURCES, true);
        }
        if (cause instanceof RuntimeException) {
            return new Ending(CloseReason.ERROR, Cause.INTERNAL, true);
        }
        if (cause instanceof NoRouteToHostException || says(ENDED_BY_SILENCE, cause)) {
            return new Ending(side == Side.CLIENT ? CloseReason.CLIENT : CloseReason.SERVER, waitedFor(side), true);
        }
        return abortedBy(side);
    }

    private static boolean says(Pattern words, Throwable cause) {
        return words.matcher(String.valueOf(cause.getMessage())).find();
    }

    /** A half-closed session whose other half never ended. */
    static Ending halfClosed(Side waitedFor) {
        return new Ending(CloseReason.HALF_CLOSE, waitedFor(waitedFor), true);
    }

    /** A session on which nothing moved; half-closed, the other half must not take what it has for the whole. */
    static Ending idle(Side waitedFor, boolean halfClosed) {
        return new Ending(CloseReason.IDLE, waitedFor(waitedFor), halfClosed);
    }

    private static Cause waitedFor(Side side) {
        return side == Side.CLIENT ? Cause.CLIENT_TIMEOUT : Cause.SERVER_TIMEOUT;
    }

    /** A session that this balancer ends on purpose. */
    static Ending onPurpose(CloseReason reason) {
        Cause cause = switch (reason) {
            case DOWN -> Cause.DOWN;
            case FAILBACK -> Cause.UP;
            case MAX_AGE -> Cause.MAX_AGE;
            case REBALANCE -> Cause.REBALANCE;
            case REMOVED -> Cause.REMOVED;
            case SHUTDOWN -> Cause.SHUTDOWN;
            default -> Cause.KILLED;
        };
        return new Ending(reason, cause, false);
    }
}
