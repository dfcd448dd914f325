package io.apiserverlb.proxy;

import io.apiserverlb.pool.CloseReason;
import io.apiserverlb.pool.ConnectFailure;
import java.net.NoRouteToHostException;
import java.util.List;
import java.util.regex.Pattern;

/**
 * How a session ended, with the first of HAProxy's two termination flags (configuration manual 8.5).
 *
 * @param reset whether the other half is told by a reset that what it got is not the whole
 */
record Ending(CloseReason reason, char cause, boolean reset) {
    private static final char NORMAL = '-';
    /** Where nobody answers, the kernel says what it last heard of the way there; of a connection that was made, it waits before. */
    private static final Pattern ENDED_BY_SILENCE =
            Pattern.compile("timed out|no route to host|unreachable|host is down", Pattern.CASE_INSENSITIVE);

    static final Ending CLIENT_DONE = new Ending(CloseReason.CLIENT, NORMAL, false);
    static final Ending SERVER_DONE = new Ending(CloseReason.SERVER, NORMAL, false);
    static final Ending CLIENT_ABORTED = new Ending(CloseReason.CLIENT, 'C', true);
    static final Ending SERVER_ABORTED = new Ending(CloseReason.SERVER, 'S', true);

    /** No server could be connected to: in time, for want of something of our own, or at all. */
    static Ending unserved(List<DialFailure> failures) {
        char cause = all(failures, ConnectFailure.TIMEOUT) ? 's' : all(failures, ConnectFailure.LOCAL) ? 'R' : 'S';
        return new Ending(CloseReason.ERROR, cause, true);
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

    /** One side's connection failed: it was reset, or the kernel has waited for it too long. */
    static Ending brokenBy(Side side, Throwable cause) {
        if (!(cause instanceof NoRouteToHostException)
                && !ENDED_BY_SILENCE.matcher(String.valueOf(cause.getMessage())).find()) {
            return abortedBy(side);
        }
        return new Ending(side == Side.CLIENT ? CloseReason.CLIENT : CloseReason.SERVER, waitedFor(side), true);
    }

    /** A half-closed session whose other half never ended. */
    static Ending halfClosed(Side stillOpen) {
        return new Ending(CloseReason.HALF_CLOSE, waitedFor(stillOpen), true);
    }

    /** A session on which nothing moved; half-closed, the other half must not take what it has for the whole. */
    static Ending idle(Side waitedFor, boolean halfClosed) {
        return new Ending(CloseReason.IDLE, waitedFor(waitedFor), halfClosed);
    }

    private static char waitedFor(Side side) {
        return side == Side.CLIENT ? 'c' : 's';
    }

    /** A session that this balancer ends on purpose; letters after HAProxy's are X for removed and Z for shutdown. */
    static Ending onPurpose(CloseReason reason) {
        char cause = switch (reason) {
            case DOWN -> 'D';
            case FAILBACK -> 'U';
            case MAX_AGE -> 'M';
            case REBALANCE -> 'B';
            case REMOVED -> 'X';
            case SHUTDOWN -> 'Z';
            default -> 'K';
        };
        return new Ending(reason, cause, false);
    }

    /** Both flags: the second tells the phase. */
    String flags(boolean connected) {
        char phase = connected ? 'D' : 'C';
        return "" + cause + (cause == NORMAL ? NORMAL : phase);
    }
}
