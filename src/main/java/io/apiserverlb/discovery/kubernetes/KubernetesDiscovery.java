package io.apiserverlb.discovery.kubernetes;

import io.apiserverlb.discovery.AddressRules;
import io.apiserverlb.discovery.Discovery;
import io.apiserverlb.discovery.DiscoveryThread;
import io.apiserverlb.discovery.Intake;
import io.apiserverlb.discovery.RetryPauses;
import io.apiserverlb.pool.DiscoveryStatus;
import io.apiserverlb.pool.Events;
import io.apiserverlb.pool.ServerAddress;
import io.apiserverlb.pool.ServerPool;
import io.apiserverlb.tls.ClusterAccess;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Follows the EndpointSlices of the service {@code kubernetes}, or its Endpoints where slices are not served or not allowed.
 *
 * <p>Lists, watches, and lists again whenever the watch ends, and every few minutes in any case: a watch can be dead without a sign. What
 * cannot be asked, or not be watched, is asked again after a second, two, four … thirty. All on the thread {@code lb-discovery}.
 */
public final class KubernetesDiscovery implements Discovery {
    /**
     * How long things may take.
     *
     * @param request until an answer begins, and from then on until it ends
     * @param relist between two lists, give or take a tenth, while a watch stands
     * @param lookAtFiles between two looks at the files of the credentials
     * @param firstRetry the first pause after a failure, or after the end of a watch
     */
    record Timing(Duration request, Duration relist, Duration lookAtFiles, Duration firstRetry) {
        static final Timing STANDARD =
                new Timing(Duration.ofSeconds(10), Duration.ofMinutes(5), Duration.ofSeconds(5), Duration.ofSeconds(1));
    }

    private static final Duration LONGEST_AFTER_FAILURE = Duration.ofSeconds(30);

    private final ClusterCredentials credentials;
    private final Timing timing;
    private final RandomGenerator random;
    private final DiscoveryThread executor = new DiscoveryThread(this::end);
    private final Intake intake;
    private final WatchState watching;
    private final Asking asking;
    private final Following.Reader reader = new Reader();
    private final AtomicBoolean askedFor = new AtomicBoolean();

    private volatile @Nullable KnownCluster cluster;

    // Of the executor's thread.
    private final RetryPauses afterFailure;
    private final ClusterConnection connection;
    private @Nullable Following<?, ?> following;
    private @Nullable Future<?> nextAsking;
    private Set<String> leftOut = Set.of();

    /**
     * Begins nothing yet.
     *
     * @param gateway a local listener that forwards to a usable API server; empty while it is not open
     * @param debounce how long a list waits for a newer one
     */
    public KubernetesDiscovery(
            ClusterCredentials credentials,
            Supplier<Optional<InetSocketAddress>> gateway,
            AddressRules rules,
            Duration debounce,
            ServerPool pool,
            RandomGenerator random,
            InstantSource clock,
            LongSupplier nanoTime,
            Events events) {
        this(credentials, Timing.STANDARD, gateway, rules, debounce, pool, random, clock, nanoTime, events);
    }

    KubernetesDiscovery(
            ClusterCredentials credentials,
            Timing timing,
            Supplier<Optional<InetSocketAddress>> gateway,
            AddressRules rules,
            Duration debounce,
            ServerPool pool,
            RandomGenerator random,
            InstantSource clock,
            LongSupplier nanoTime,
            Events events) {
        this.credentials = credentials;
        this.timing = timing;
        this.random = random;
        this.afterFailure = new RetryPauses(timing.firstRetry(), LONGEST_AFTER_FAILURE, random);
        this.intake = new Intake("kubernetes", rules, debounce, pool, executor, clock, nanoTime, events);
        this.watching = new WatchState(intake, timing.firstRetry(), nanoTime, random);
        this.asking = new Asking(timing.request());
        this.connection =
                new ClusterConnection(gateway, this::token, executor, timing.request(), new Listener(), clock);
    }

    @Override
    public void start() {
        refresh();
        long pause = timing.lookAtFiles().toNanos();
        var unused = executor.scheduleWithFixedDelay(this::lookAtFiles, pause, pause, TimeUnit.NANOSECONDS);
    }

    @Override
    public void refresh() {
        if (askedFor.compareAndSet(false, true)) {
            executor.execute(() -> {
                askedFor.set(false);
                ask();
            });
        }
    }

    private void ask() {
        Duration pause = LONGEST_AFTER_FAILURE;
        try {
            pause = listAndWatch();
        } finally {
            askAfter(pause);
        }
    }

    private Duration listAndWatch() {
        try {
            stopFollowing();
            KnownCluster known = credentials.current(intake::warn);
            cluster = known;
            Following<?, ?> listed = list(connection.client(known));
            following = listed;
            afterFailure.reset();
            take(listed);
            watching.begun();
            listed.watch();
            return RetryPauses.jittered(timing.relist(), random);
        } catch (QuestionFailedException e) {
            if (e.status() == HttpURLConnection.HTTP_UNAUTHORIZED) {
                credentials.refused();
            }
            return failed(e.trouble(), String.valueOf(e.getMessage()));
        } catch (CredentialsException e) {
            return failed(String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            return failed("the API server cannot be asked: " + e.getClass().getSimpleName());
        }
    }

    private Duration failed(String problem) {
        return failed(problem, problem);
    }

    private Duration failed(String trouble, String problem) {
        if (!executor.isShutdown()) {
            intake.failed(trouble, problem);
        }
        return afterFailure.next();
    }

    private void askAfter(Duration pause) {
        if (nextAsking != null) {
            nextAsking.cancel(false);
        }
        nextAsking = executor.schedule(this::ask, pause.toNanos(), TimeUnit.NANOSECONDS);
    }

    private String token() {
        KnownCluster known = cluster;
        return known == null ? "" : known.token();
    }

    private Following<?, ?> list(KubernetesClient client) throws QuestionFailedException {
        try {
            return Following.list(client, EndpointKind.SLICES, reader, asking);
        } catch (QuestionFailedException slices) {
            if (slices.status() != HttpURLConnection.HTTP_NOT_FOUND
                    && slices.status() != HttpURLConnection.HTTP_FORBIDDEN) {
                throw slices;
            }
            try {
                return Following.list(client, EndpointKind.ENDPOINTS, reader, asking);
            } catch (QuestionFailedException endpoints) {
                throw slices.status() == HttpURLConnection.HTTP_FORBIDDEN ? slices : endpoints;
            }
        }
    }

    private void take(Following<?, ?> from) {
        Set<String> words = new LinkedHashSet<>();
        List<ServerAddress> addresses = from.addresses(words::add);
        words.stream().filter(word -> !leftOut.contains(word)).forEach(intake::warn);
        leftOut = words;
        intake.found(addresses);
    }

    private void watchAnswered(int status) {
        if (following == null) {
            return;
        }
        if (status == HttpURLConnection.HTTP_UNAUTHORIZED) {
            credentials.refused();
        }
        watching.answered(following.plural(), status);
    }

    private void lookAtFiles() {
        try {
            KnownCluster known = credentials.current(intake::warn);
            cluster = known;
            if (!connection.isGoodFor(known)) {
                ask();
            }
        } catch (CredentialsException e) {
            // There never were good ones, which asking tells.
        } catch (RuntimeException e) {
            intake.failed("the credentials cannot be looked at: " + e.getClass().getSimpleName());
        }
    }

    private void stopFollowing() {
        Following<?, ?> old = following;
        following = null;
        if (old != null) {
            old.close();
        }
    }

    private void end() {
        try {
            stopFollowing();
        } finally {
            connection.close();
        }
    }

    @Override
    public DiscoveryStatus status() {
        DiscoveryStatus lists = intake.status();
        return lists.error() == null
                ? new DiscoveryStatus(lists.kind(), lists.lastSuccess(), watching.problem())
                : lists;
    }

    @Override
    public @Nullable ClusterAccess access() {
        KnownCluster known = cluster;
        return known == null ? null : known.access();
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }

    private final class Listener implements WatchAnswers.Listener {
        @Override
        public void answered(int status) {
            executor.execute(() -> watchAnswered(status));
        }

        @Override
        public void tooLarge() {
            executor.execute(() -> {
                if (following != null) {
                    watching.unreadable(QuestionFailedException.TOO_LARGE);
                }
            });
        }
    }

    private final class Reader implements Following.Reader {
        @Override
        public void changed(Following<?, ?> from) {
            if (from == following) {
                take(from);
            }
        }

        @Override
        public void overflowed(Following<?, ?> from, String problem) {
            if (from == following) {
                watching.unreadable(problem);
                ended(from);
            }
        }

        @Override
        public void ended(Following<?, ?> from) {
            if (from == following) {
                askAfter(watching.pause());
                stopFollowing();
            }
        }
    }
}
