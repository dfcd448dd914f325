package io.apiserverlb.discovery;

import io.apiserverlb.pool.DiscoveryStatus;
import io.apiserverlb.pool.Event;
import io.apiserverlb.pool.Events;
import io.apiserverlb.pool.ServerList;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the host names of the list resolved: at once when a name appears, then again and again until it leaves.
 *
 * <p>An empty answer, or none, changes nothing but the {@link #status}; it is an event when it begins and when it is over, and is asked for
 * again after a second, two, four … up to the refresh time. Each name waits for its own answers only, on one of {@value #MAX_THREADS}
 * threads {@code lb-dns-n}; the operating system decides how long a name server may be silent.
 *
 * <p>The JDK keeps answers too, 30 seconds by default and failures 10: where the lookup is the JDK's, the security properties
 * {@code networkaddress.cache.ttl} and {@code networkaddress.cache.negative.ttl} should be 0, and they count only if they are set before
 * the first lookup of the process.
 */
public final class NameResolver implements AutoCloseable {
    /** Asks for the addresses of a name; may block. */
    @FunctionalInterface
    public interface Lookup {
        List<InetAddress> addressesOf(String name) throws UnknownHostException;
    }

    /** Of one name: each becomes a server. */
    private static final int MOST_ADDRESSES = 100;

    private static final int MAX_THREADS = 4;

    private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
    private static final String ACTOR = "dns";
    private static final Comparator<InetAddress> IPV4_FIRST = Comparator.<InetAddress>comparingInt(
                    address -> address.getAddress().length)
            .thenComparing(InetAddress::getAddress, Arrays::compareUnsigned);

    private final Lookup lookup;
    private final BiConsumer<String, List<InetAddress>> sink;
    private final Duration refresh;
    private final RandomGenerator random;
    private final InstantSource clock;
    private final Events events;
    private final ScheduledThreadPoolExecutor executor;
    /** By name; changed by {@link #accept} only. */
    private final Map<String, Name> names = new ConcurrentSkipListMap<>();

    /**
     * Begins with no name.
     *
     * @param sink takes each answer: the addresses each once, IPv4 before IPv6, in an order that does not depend on the answer's
     * @param refresh the pause between two answers, give or take a tenth
     * @param random for several threads
     */
    public NameResolver(
            Lookup lookup,
            BiConsumer<String, List<InetAddress>> sink,
            Duration refresh,
            RandomGenerator random,
            InstantSource clock,
            Events events) {
        this.lookup = lookup;
        this.sink = sink;
        this.refresh = refresh;
        this.random = random;
        this.clock = clock;
        this.events = events;
        AtomicInteger threads = new AtomicInteger();
        this.executor = new ScheduledThreadPoolExecutor(
                MAX_THREADS,
                task -> {
                    Thread thread = new Thread(task, "lb-dns-" + threads.incrementAndGet());
                    // A lookup cannot be interrupted, and must not keep the process from ending.
                    thread.setDaemon(true);
                    return thread;
                },
                new ThreadPoolExecutor.DiscardPolicy());
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    /** Resolves the names of this list from now on, and no others; never blocks. For one caller at a time, as the pool is. */
    public void accept(ServerList list) {
        Set<String> wanted = list.membership().names();
        names.keySet().retainAll(wanted);
        for (String name : wanted) {
            if (!names.containsKey(name)) {
                Name added = new Name(name);
                names.put(name, added);
                executor.execute(added::resolve);
            }
        }
    }

    /** How resolving goes: the latest answer to any name, and what is wrong with those that have none now. */
    public DiscoveryStatus status() {
        List<Name> present = List.copyOf(names.values());
        Instant lastSuccess = present.stream()
                .map(name -> name.lastSuccess)
                .filter(Objects::nonNull)
                .max(Comparator.naturalOrder())
                .orElse(null);
        List<String> errors = present.stream()
                .map(name -> name.error)
                .filter(Objects::nonNull)
                .toList();
        return new DiscoveryStatus(
                DiscoveryStatus.NONE, lastSuccess, errors.isEmpty() ? null : String.join("; ", errors));
    }

    /** Stops; answers still on their way are dropped. */
    @Override
    public void close() {
        executor.shutdownNow();
    }

    /** One name, from its appearing in the list to its leaving; its lookups follow one another. */
    private final class Name {
        private final String name;
        private final RetryPauses retries = new RetryPauses(FIRST_RETRY, refresh, random);
        private volatile @Nullable Instant lastSuccess;
        private volatile @Nullable String error;

        Name(String name) {
            this.name = name;
        }

        void resolve() {
            if (left()) {
                return;
            }
            Duration pause;
            try {
                List<InetAddress> addresses = inOrder(lookup.addressesOf(name));
                if (left()) {
                    return;
                }
                sink.accept(name, addresses);
                succeeded();
                pause = RetryPauses.jittered(refresh, random);
            } catch (UnknownHostException | RuntimeException e) {
                failed("the host name " + name + " cannot be resolved: " + e.getMessage());
                pause = retries.next();
            }
            var unused = executor.schedule(this::resolve, pause.toNanos(), TimeUnit.NANOSECONDS);
        }

        private boolean left() {
            return names.get(name) != this || executor.isShutdown();
        }

        private List<InetAddress> inOrder(List<InetAddress> answer) throws UnknownHostException {
            List<InetAddress> addresses = answer.stream()
                    // 0.0.0.0 is how name servers that filter say that they do.
                    .filter(address -> !address.isAnyLocalAddress() && !address.isMulticastAddress())
                    .distinct()
                    .sorted(IPV4_FIRST)
                    .toList();
            if (addresses.isEmpty()) {
                throw new UnknownHostException("the answer holds no address that a server can have");
            }
            if (addresses.size() > MOST_ADDRESSES) {
                throw new UnknownHostException(
                        "the answer holds " + addresses.size() + " addresses, more than " + MOST_ADDRESSES);
            }
            return addresses;
        }

        private void succeeded() {
            boolean again = error != null;
            lastSuccess = clock.instant();
            error = null;
            retries.reset();
            if (again) {
                events.record(
                        Event.Type.DISCOVERY,
                        Event.Severity.INFO,
                        ACTOR,
                        "the host name " + name + " is resolved again");
            }
        }

        private void failed(String problem) {
            boolean already = error != null;
            error = problem;
            if (!already) {
                events.record(Event.Type.DISCOVERY, Event.Severity.WARN, ACTOR, problem);
            }
        }
    }
}
