package io.apiserverlb.pool;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The live sessions as an operator looks into them and closes them; by any thread. */
public interface SessionControl {
    /**
     * The newest sessions, the newest first.
     *
     * @param limit at least 1
     * @param servers only those of these servers; null: all
     */
    List<SessionInfo> newest(int limit, @Nullable Set<ServerAddress> servers);

    Optional<SessionInfo> find(String id);

    /** Closes a session for the reason {@link CloseReason#ADMIN}, soon; false if there is none with this id. */
    boolean close(String id);

    /**
     * How many sessions {@link #rebalance} would close.
     *
     * @param maxPercent of the sessions at most, 1 to 100
     */
    int surplus(int maxPercent);

    /**
     * Takes from servers that have more than their share of the sessions what is too much, idle ones first, spread over the time in which a
     * server is drained. One that is no longer too much when its time comes stays.
     *
     * @return how many are to be closed
     */
    int rebalance(int maxPercent);
}
