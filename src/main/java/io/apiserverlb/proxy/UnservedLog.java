package io.apiserverlb.proxy;

import io.apiserverlb.pool.Server;
import io.apiserverlb.pool.ServerAddress;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A warning for clients that could not be served, with what is wrong with each server: at most one a second, and each tells how many there
 * were in between. Safe for use by any thread.
 */
final class UnservedLog {
    private static final Logger SESSIONS = LoggerFactory.getLogger("apiserver-lb.session");
    private static final long EVERY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final LongSupplier nanoTime;
    private final AtomicLong next;
    private final AtomicLong untold = new AtomicLong();

    UnservedLog(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.next = new AtomicLong(nanoTime.getAsLong());
    }

    /**
     * Tells of one.
     *
     * @param client as the session log names it
     * @param failures of the latest attempts
     * @param servers all that there are
     */
    void warn(String client, List<DialFailure> failures, Collection<Server> servers) {
        long now = nanoTime.getAsLong();
        long due = next.get();
        if (now - due < 0 || !next.compareAndSet(due, now + EVERY_NANOS)) {
            untold.incrementAndGet();
            return;
        }
        long others = untold.getAndSet(0);
        String causes = causes(failures, servers);
        if (others == 0) {
            SESSIONS.warn("{} could not be served: {}", client, causes);
        } else {
            SESSIONS.warn("{} could not be served: {} (and {} more since the last such line)", client, causes, others);
        }
    }

    private static String causes(List<DialFailure> failures, Collection<Server> servers) {
        if (servers.isEmpty() && failures.isEmpty()) {
            return "there is no server in the list";
        }
        Set<ServerAddress> tried = failures.stream().map(DialFailure::server).collect(Collectors.toSet());
        Stream<String> notTried = servers.stream()
                .filter(server -> !tried.contains(server.address()))
                .map(server -> server.address() + " " + (server.usable() ? "was not tried" : server.reason()));
        return Stream.concat(failures.stream().map(DialFailure::toString), notTried)
                .collect(Collectors.joining(", "));
    }
}
