package io.apiserverlb.pool;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened.
 *
 * @param id {@code <boot>-<sequence>}: grows within one run of the process, and differs between runs
 * @param server the server it is about, or null
 * @param actor who caused it: {@code check}, {@code traffic}, {@code configuration}, or the caller of a REST request
 * @param before the former value of what changed, or null
 * @param after the new value, or null
 */
public record Event(
        String id,
        Instant at,
        Type type,
        Severity severity,
        @Nullable ServerAddress server,
        String actor,
        String message,
        @Nullable String before,
        @Nullable String after) {

    /** What kind of thing happened. */
    public enum Type {
        /** A server's state changed. */
        SERVER_STATE,
        /** How many passes a server needs to be up changed, since it goes up and down too often, or no longer does. */
        FLAPPING,
        /** The set of servers new sessions go to changed its kind. */
        MODE,
        /** An operator or a source changed the list. */
        LIST,
        /** An operator changed a server's admin state or weight, or a log level. */
        SETTING,
        /** Something about a server's certificate. */
        CERTIFICATE,
        /** Reading or writing the state file. */
        STATE_FILE,
        /** Resolving a name or asking the cluster. */
        DISCOVERY,
        /** Clients at the limit, or turned away. */
        LISTENER,
        /** An operator had sessions closed. */
        SESSION,
        /** A changing call that was refused. */
        ACCESS,
        /** Start and stop of the process, and its own trouble. */
        PROCESS
    }

    /** How much an operator should care. */
    public enum Severity {
        INFO,
        WARN,
        ERROR
    }
}
