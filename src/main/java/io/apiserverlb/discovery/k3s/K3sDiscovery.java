package io.apiserverlb.discovery.k3s;

import io.apiserverlb.discovery.AddressRules;
import io.apiserverlb.discovery.Discovery;
import io.apiserverlb.discovery.DiscoveryThread;
import io.apiserverlb.discovery.Intake;
import io.apiserverlb.discovery.RetryPauses;
import io.apiserverlb.pool.DiscoveryStatus;
import io.apiserverlb.pool.Events;
import io.apiserverlb.pool.SeedUrl;
import io.apiserverlb.pool.ServerPool;
import io.apiserverlb.tls.ClusterAccess;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Asks the supervisors of k3s or RKE2 for the API servers, every half minute, and sooner after a failure.
 *
 * <p>All on the thread {@code lb-discovery}, which silent supervisors may keep busy for half a minute.
 */
public final class K3sDiscovery implements Discovery {
    /** Which of the two it is. */
    public enum Program {
        K3S("/v1-k3s/"),
        RKE2("/v1-rke2/");

        private final String path;

        Program(String path) {
            this.path = path;
        }

        /** What the paths of a supervisor begin with. */
        String path() {
            return path;
        }
    }

    /**
     * Whom to ask, and with what.
     *
     * @param tokenFile re-read when it changes
     * @param seeds at least one; those supervisors are asked that no list has to name first
     * @param supervisorPort of every supervisor; null for that of the first seed
     */
    public record Settings(
            Path tokenFile,
            Program program,
            List<SeedUrl> seeds,
            @Nullable Integer supervisorPort) {
        private static final int MAX_PORT = 65_535;

        public Settings {
            seeds = List.copyOf(seeds);
            if (seeds.isEmpty()) {
                throw new IllegalArgumentException(
                        "discovery by the supervisor needs a registration URL to begin with");
            }
            if (supervisorPort != null && (supervisorPort < 1 || supervisorPort > MAX_PORT)) {
                throw new IllegalArgumentException(
                        "the supervisor's port must be between 1 and 65535, not " + supervisorPort);
            }
        }

        int port() {
            return supervisorPort == null ? seeds.get(0).address().port() : supervisorPort;
        }
    }

    /**
     * How long things may take.
     *
     * @param connect the TCP connection to a supervisor
     * @param supervisor everything that one supervisor is asked in a row
     * @param round all supervisors together
     */
    record Limits(Duration connect, Duration supervisor, Duration round) {
        static final Limits STANDARD = new Limits(Duration.ofSeconds(2), Duration.ofSeconds(5), Duration.ofSeconds(30));
    }

    private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
    private static final Duration STEADY = Duration.ofSeconds(30);
    private static final Duration LOOK_AT_FILE = Duration.ofSeconds(5);

    private final TokenFile tokenFile;
    private final Requests requests;
    private final K3sCluster cluster;
    private final Supervisors supervisors;
    private final Intake intake;
    private final ScheduledExecutorService executor;
    private final RetryPauses afterFailure;
    private final RandomGenerator random;
    private final AtomicBoolean asked = new AtomicBoolean();

    /** Of the executor's thread. */
    private @Nullable Future<?> timer;

    private volatile boolean closed;

    /**
     * Asks nobody before it is started.
     *
     * @param gateway a listener of the balancer's own that leads to an API server of its choice; empty while there is none
     */
    public K3sDiscovery(
            Settings settings,
            AddressRules rules,
            Duration debounce,
            Supplier<Optional<InetSocketAddress>> gateway,
            ServerPool pool,
            InstantSource clock,
            LongSupplier nanoTime,
            RandomGenerator random,
            Events events) {
        this(
                settings,
                Limits.STANDARD,
                gateway,
                rules,
                debounce,
                pool,
                new DiscoveryThread(() -> {}),
                clock,
                nanoTime,
                random,
                events);
    }

    /** @param executor of one thread, which it ends when it is closed */
    K3sDiscovery(
            Settings settings,
            Limits limits,
            Supplier<Optional<InetSocketAddress>> gateway,
            AddressRules rules,
            Duration debounce,
            ServerPool pool,
            ScheduledExecutorService executor,
            InstantSource clock,
            LongSupplier nanoTime,
            RandomGenerator random,
            Events events) {
        this.intake = new Intake("k3s", rules, debounce, pool, executor, clock, nanoTime, events);
        this.tokenFile = new TokenFile(settings.tokenFile(), intake::warn);
        this.requests = new Requests(limits.connect());
        this.cluster = new K3sCluster(settings.program(), requests, clock, intake::warn);
        this.supervisors = new Supervisors(
                new Candidates(settings, gateway, pool, random), cluster, requests, limits, nanoTime, intake::warn);
        this.executor = executor;
        this.afterFailure = new RetryPauses(FIRST_RETRY, STEADY, random);
        this.random = random;
    }

    @Override
    public void start() {
        refresh();
    }

    @Override
    public void refresh() {
        if (!closed && asked.compareAndSet(false, true)) {
            executor.execute(() -> {
                asked.set(false);
                ask();
            });
        }
    }

    private void ask() {
        if (closed) {
            return;
        }
        Duration pause;
        try {
            pause = askSupervisors();
        } catch (RuntimeException e) {
            // Whatever it is, it must not be the end of asking. Its text is unknown and could show a secret.
            intake.failed("asking for the servers failed: " + e.getClass().getSimpleName());
            pause = afterFailure.next();
        }
        askAgainIn(pause);
    }

    private Duration askSupervisors() {
        K3sToken token;
        try {
            token = tokenFile.current();
        } catch (K3sTokenException e) {
            intake.failed("lb.discovery.k3s.token-file: " + e.getMessage());
            return afterFailure.next();
        }
        Supervisors.Outcome outcome = supervisors.ask(token);
        if (closed) {
            // What ended the questions was this.
            return steady();
        }
        if (outcome instanceof Supervisors.Outcome.Named named) {
            intake.found(named.servers());
            if (named.servers().isEmpty()) {
                return afterFailure.next();
            }
            afterFailure.reset();
            return steady();
        }
        Supervisors.Outcome.Failed failed = (Supervisors.Outcome.Failed) outcome;
        intake.failed(failed.problem());
        return failed.hasteHelps() ? afterFailure.next() : steady();
    }

    private Duration steady() {
        return RetryPauses.jittered(STEADY, random);
    }

    private void askAgainIn(Duration pause) {
        if (timer != null) {
            timer.cancel(false);
        }
        if (!closed) {
            Duration part = pause.compareTo(LOOK_AT_FILE) < 0 ? pause : LOOK_AT_FILE;
            Duration rest = pause.minus(part);
            timer = executor.schedule(() -> askOrWait(rest), part.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    private void askOrWait(Duration rest) {
        if (rest.isZero() || tokenFile.hasChanged()) {
            ask();
        } else {
            askAgainIn(rest);
        }
    }

    @Override
    public DiscoveryStatus status() {
        return intake.status();
    }

    @Override
    public @Nullable ClusterAccess access() {
        return cluster.access();
    }

    @Override
    public void close() {
        closed = true;
        requests.close();
        executor.shutdownNow();
    }
}
