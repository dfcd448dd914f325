package io.apiserverlb.pool;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an operator may do to the list. */
public sealed interface ListChange {

    /** Makes these the managed list. */
    record Replace(List<ServerAddress> addresses) implements ListChange {
        public Replace {
            addresses = List.copyOf(addresses);
        }
    }

    /**
     * Adds one address to the managed list.
     *
     * @param weight null: what is remembered of the address, else the default
     */
    record Add(ServerAddress address, @Nullable Integer weight) implements ListChange {}

    /** Takes one address off the managed list. */
    record Remove(ServerAddress address) implements ListChange {}

    /**
     * Sets what is not null, for a server or for all servers of a host name.
     */
    record Patch(
            ServerAddress address,
            @Nullable AdminState admin,
            @Nullable Integer weight) implements ListChange {}
}
