package io.apiserverlb.pool;

/**
 * Is told what happens, to count it.
 *
 * <p>Called on event loops and under locks: must return at once.
 */
public interface TrafficListener {
    default void connected(ServerAddress server, long nanos) {}

    default void failedToConnect(ServerAddress server, ConnectFailure reason) {}

    default void sessionEnded(ServerAddress server, CloseReason reason, long nanos) {}

    default void rejected(Rejection reason) {}

    default void checked(ServerAddress server, CheckResult result) {}

    default void changedState(ServerAddress server, ServerState from, ServerState to) {}
}
