package io.apiserverlb.proxy;

import io.apiserverlb.pool.ServerAddress;
import org.jspecify.annotations.Nullable;

/**
 * How the search for a server went, of a session that had none at once.
 *
 * @param triedLast null if no server was ever chosen
 * @param queued whether every server has been tried in vain, and the client waits for one that may be worth another try
 * @param queuedNanos until it had last waited so; 0: never
 */
record Search(@Nullable ServerAddress triedLast, boolean queued, long queuedNanos) {}
