package io.apiserverlb.proxy;

import io.apiserverlb.pool.ServerAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A line for each ended session, with the fields of HAProxy's tcplog (configuration manual 8.2.2); safe for use by any thread. */
final class SessionLog {
    private static final Logger SESSIONS = LoggerFactory.getLogger("apiserver-lb.session");
    private static final long WARN_EVERY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final String name;
    private final @Nullable String caller;
    private final boolean enabled;
    private final LongSupplier nanoTime;
    private final AtomicLong nextWarning;

    /** @param caller who is named instead of a client's address, or null */
    SessionLog(String name, @Nullable String caller, boolean enabled, LongSupplier nanoTime) {
        this.name = name;
        this.caller = caller;
        this.enabled = enabled;
        this.nanoTime = nanoTime;
        this.nextWarning = new AtomicLong(nanoTime.getAsLong());
    }

    void ended(Session session, Ending ending, int active) {
        if (!enabled || !SESSIONS.isInfoEnabled()) {
            return;
        }
        ServerAddress server = session.serverAddress();
        long connect = session.connectNanos();
        SESSIONS.info(
                "{} {} {}/{} 0/{}/{} {} {} {} {} {}",
                client(session.clientAddress()),
                text(session.listener()),
                name,
                server == null ? "<NOSRV>" : server,
                connect < 0 ? -1 : TimeUnit.NANOSECONDS.toMillis(connect),
                TimeUnit.NANOSECONDS.toMillis(nanoTime.getAsLong() - session.acceptedAt()),
                session.bytesIn(),
                session.bytesOut(),
                ending.flags(session.isConnected()),
                session.retries(),
                active);
    }

    /** Says why a client could not be served, at most once a second. */
    void unserved(InetSocketAddress client, List<DialFailure> failures) {
        long now = nanoTime.getAsLong();
        long due = nextWarning.get();
        if (now - due >= 0 && nextWarning.compareAndSet(due, now + WARN_EVERY_NANOS)) {
            String causes = failures.isEmpty()
                    ? "no server may be used"
                    : failures.stream().map(DialFailure::toString).collect(Collectors.joining(", "));
            SESSIONS.warn("{} could not be served: {}", client(client), causes);
        }
    }

    private String client(InetSocketAddress address) {
        return caller == null ? text(address) : caller;
    }

    private static String text(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + address.getPort();
    }
}
