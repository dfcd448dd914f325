package io.apiserverlb.pool;

/**
 * Is told what happens, to count it.
 *
 * <p>Called on event loops and under locks: must return at once. Durations of sessions are in nanoseconds and begin with the choice of
 * the server.
 */
public interface TrafficListener {
    default void connected(ServerAddress server, long nanos) {}

    default void failedToConnect(ServerAddress server, ConnectFailure reason, long nanos) {}

    default void sessionEnded(ServerAddress server, CloseReason reason, long nanos) {}

    default void rejected(Rejection reason) {}

    /** A silent server and the rival that was called for it are decided: the rival is used, or it is not. */
    default void hedged(Hedge kind, boolean won) {}

    default void checked(ServerAddress server, CheckResult result) {}

    default void changedState(ServerAddress server, ServerState from, ServerState to) {}

    default void discovered(DiscoveryOutcome outcome) {}
}
