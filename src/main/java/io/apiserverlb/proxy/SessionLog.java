package io.apiserverlb.proxy;

import io.apiserverlb.pool.ServerAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A line for each ended session, with the fields of HAProxy's tcplog (configuration manual 8.2.2); safe for use by any thread. */
final class SessionLog {
    private static final Logger SESSIONS = LoggerFactory.getLogger("apiserver-lb.session");
    private static final int LONGEST_USUAL_LINE = 128;

    private final String name;
    private final @Nullable String caller;
    private final boolean enabled;
    private final LongSupplier nanoTime;

    /** @param caller who is named instead of a client's address, or null */
    SessionLog(String name, @Nullable String caller, boolean enabled, LongSupplier nanoTime) {
        this.name = name;
        this.caller = caller;
        this.enabled = enabled;
        this.nanoTime = nanoTime;
    }

    void ended(Session session, Ending ending, int active) {
        if (!enabled || !SESSIONS.isInfoEnabled()) {
            return;
        }
        SESSIONS.info(line(session, ending, active));
    }

    /** Put together by hand: this is done for each session, and a pattern would be read each time. */
    private String line(Session session, Ending ending, int active) {
        ServerAddress server = session.lastServer();
        Cause cause = ending.cause();
        StringBuilder line = new StringBuilder(LONGEST_USUAL_LINE);
        append(line, session.clientAddress(), caller).append(' ');
        append(line, session.listener(), null).append(' ').append(name).append('/');
        line.append(server == null ? "<NOSRV>" : server.toString());
        long connect = session.connectNanos();
        line.append(' ').append(millis(session.queuedNanos()));
        line.append('/').append(millis(connect < 0 ? connect : connect - session.queuedNanos()));
        line.append('/').append(millis(nanoTime.getAsLong() - session.acceptedAt()));
        line.append(' ').append(session.bytesIn()).append(' ').append(session.bytesOut());
        line.append(' ').append(cause.letter()).append(cause.phaseLetter(session.phase()));
        line.append(' ').append(session.retries()).append(' ').append(active);
        return line.toString();
    }

    private static long millis(long nanos) {
        return nanos < 0 ? -1 : TimeUnit.NANOSECONDS.toMillis(nanos);
    }

    /** How the log names a client. */
    String client(InetSocketAddress address) {
        return append(new StringBuilder(), address, caller).toString();
    }

    private static StringBuilder append(StringBuilder line, InetSocketAddress address, @Nullable String instead) {
        if (instead != null) {
            return line.append(instead);
        }
        String host = address.getAddress().getHostAddress();
        boolean bare = host.indexOf(':') < 0;
        return (bare ? line.append(host) : line.append('[').append(host).append(']'))
                .append(':')
                .append(address.getPort());
    }
}
