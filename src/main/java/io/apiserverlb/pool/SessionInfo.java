package io.apiserverlb.pool;

import java.net.InetSocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A live session as another thread sees it, not all of one moment.
 *
 * @param id of no other session in this process' life
 * @param caller who of this process itself is the client; null: it is a client from outside
 * @param listener the address that the client connected to
 * @param server null while no server is connected to
 * @param idle since the last byte in either direction, up to a tenth of a second more
 * @param bytesIn from the client
 */
public record SessionInfo(
        String id,
        @Nullable String caller,
        InetSocketAddress client,
        InetSocketAddress listener,
        @Nullable ServerAddress server,
        Phase phase,
        Duration age,
        Duration idle,
        long bytesIn,
        long bytesOut) {

    /** How far a session has come. */
    public enum Phase {
        /** No server is connected to yet. */
        CONNECTING,
        ESTABLISHED,
        /** One side has sent all that it will. */
        HALF_CLOSED,
        /** It is to leave its server, at a time to come. */
        LEAVING
    }
}
