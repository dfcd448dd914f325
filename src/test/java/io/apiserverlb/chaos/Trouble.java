package io.apiserverlb.chaos;

import org.jspecify.annotations.Nullable;

/**
 * A time in which something was wrong with a server, or it was not to be used. All times are nano times; a change takes from when it was
 * begun until it was done, and in between nobody knows.
 *
 * @param doneAt since when it certainly was so; {@link Long#MAX_VALUE} as long as it has only begun
 * @param undoneAt since when it certainly was over; {@link Long#MAX_VALUE} before
 */
record Trouble(What what, int server, long begunAt, long doneAt, long undoingAt, long undoneAt) {
    /** What is wrong. */
    enum What {
        /** Its process is killed or its connections are reset. */
        BROKEN,
        /** It answers nobody, or too late. */
        SILENT,
        /** It asks for no new sessions. */
        RED,
        /** Another cluster's. */
        FOREIGN,
        ABSENT,
        DRAIN,
        MAINT,
        WEIGHTLESS
    }

    static Trouble begun(What what, int server, long at) {
        return new Trouble(what, server, at, Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE);
    }

    Trouble done(long at) {
        return new Trouble(what, server, begunAt, at, undoingAt, undoneAt);
    }

    Trouble undoing(long at) {
        return new Trouble(what, server, begunAt, doneAt, at, undoneAt);
    }

    Trouble undone(long at) {
        return new Trouble(what, server, begunAt, doneAt, undoingAt, at);
    }

    /** Whether it may have been so at any time of a span. */
    boolean mayTouch(long from, long to) {
        return begunAt <= to && undoneAt >= from;
    }

    /** Whether it certainly was so at a time. */
    boolean holdsAt(long time) {
        return doneAt < time && time < undoingAt;
    }

    /** Whether it certainly was so throughout a span. */
    boolean holdsFor(long from, long to) {
        return doneAt < from && to < undoingAt;
    }

    boolean isOf(int someServer, @Nullable What some) {
        return server == someServer && (some == null || what == some);
    }
}
