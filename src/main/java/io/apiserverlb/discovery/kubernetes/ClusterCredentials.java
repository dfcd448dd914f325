package io.apiserverlb.discovery.kubernetes;

import io.apiserverlb.pool.SeedUrl;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The credentials for a cluster that the environment has: from a kubeconfig that was named, else those of {@code $KUBECONFIG}, else the
 * service account of a pod, else {@code ~/.kube/config}.
 *
 * <p>Which of them is found out when they are first read; they are read again when their files change. Safe for use by any thread, which
 * may wait for the disk and, up to {@link ExecPlugin#LIMIT}, for a program that a kubeconfig names.
 */
public final class ClusterCredentials {
    /**
     * What an operator may say.
     *
     * @param context of the kubeconfig; null: its current one
     * @param serverName what the servers' certificates have to cover; null: what the kubeconfig says, else {@code kubernetes.default.svc}
     */
    public record Settings(
            @Nullable Path kubeconfig,
            @Nullable String context,
            @Nullable String serverName) {}

    /**
     * Where else to look.
     *
     * @param variables the environment
     * @param serviceAccount the folder in which pods find their service account
     */
    public record Surroundings(Function<String, @Nullable String> variables, Path serviceAccount, Path home) {
        public static Surroundings ofThisProcess() {
            return new Surroundings(
                    System::getenv,
                    Path.of("/var/run/secrets/kubernetes.io/serviceaccount"),
                    Path.of(System.getProperty("user.home", "/")));
        }
    }

    /** A program is not to be run with every look at the files. */
    private static final Duration BETWEEN_ATTEMPTS = Duration.ofSeconds(30);

    private final Settings settings;
    private final Surroundings surroundings;
    private final InstantSource clock;
    private final LongSupplier nanoTime;

    // Guarded by this.
    private @Nullable CredentialSource source;
    private @Nullable KnownCluster good;
    private @Nullable Attempt latest;
    private @Nullable String reported;
    private boolean refused;

    /**
     * One reading.
     *
     * @param end nano time
     * @param failure null if it was none
     */
    private record Attempt(
            long end, FilesRead files, @Nullable CredentialsException failure) {}

    public ClusterCredentials(
            Settings settings, Surroundings surroundings, InstantSource clock, LongSupplier nanoTime) {
        this.settings = settings;
        this.surroundings = surroundings;
        this.clock = clock;
        this.nanoTime = nanoTime;
    }

    /** Reads them now, changed or not. */
    public synchronized KnownCluster load() throws CredentialsException {
        FilesRead files = new FilesRead();
        try {
            KnownCluster cluster = read(files, true);
            latest = new Attempt(nanoTime.getAsLong(), files, null);
            good = cluster;
            reported = null;
            refused = false;
            return cluster;
        } catch (CredentialsException e) {
            latest = new Attempt(nanoTime.getAsLong(), files, e);
            throw e;
        }
    }

    /**
     * Where the credentials say that the cluster is, once all files are read and found good; no program is run, and nothing is kept.
     *
     * @throws CredentialsException if something is wrong that needs no program to be seen
     */
    public synchronized SeedUrl server() throws CredentialsException {
        return read(new FilesRead(), false).server();
    }

    /** Whose they are, in words; to be called once they have been read. */
    public synchronized String origin() {
        return String.valueOf(source);
    }

    private KnownCluster read(FilesRead files, boolean withPrograms) throws CredentialsException {
        CredentialSource from = source;
        if (from == null) {
            from = source();
            source = from;
        }
        try {
            return from.read(clock.instant(), files, withPrograms);
        } catch (RuntimeException e) {
            // A path that is none, a program without a name: nobody writes that on purpose.
            throw new CredentialsException(from + " cannot be made sense of");
        }
    }

    private CredentialSource source() throws CredentialsException {
        if (settings.kubeconfig() != null) {
            return kubeconfig(List.of(settings.kubeconfig()));
        }
        List<Path> named = variable("KUBECONFIG").stream()
                .flatMap(paths -> Arrays.stream(paths.split(File.pathSeparator)))
                .filter(path -> !path.isBlank())
                .map(Path::of)
                .toList();
        if (!named.isEmpty()) {
            return kubeconfig(named);
        }
        Optional<String> host = variable("KUBERNETES_SERVICE_HOST");
        Optional<String> port = variable("KUBERNETES_SERVICE_PORT");
        Path token = surroundings.serviceAccount().resolve("token");
        if (host.isPresent() && port.isPresent() && Files.exists(token)) {
            return new ServiceAccount(surroundings.serviceAccount(), host.get(), port.get(), serverName());
        }
        Path usual = surroundings.home().resolve(".kube").resolve("config");
        if (Files.exists(usual)) {
            return kubeconfig(List.of(usual));
        }
        throw new CredentialsException(
                "no credentials for the cluster: no kubeconfig is named, KUBECONFIG is not set, this is no pod with "
                        + "a service account (KUBERNETES_SERVICE_HOST, " + token + "), and " + usual
                        + " does not exist");
    }

    private Kubeconfig kubeconfig(List<Path> files) {
        boolean configured = settings.serverName() != null;
        return new Kubeconfig(files, settings.context(), configured ? serverName() : null, ExecPlugin.LIMIT);
    }

    private Part serverName() {
        String configured = settings.serverName();
        return new Part(
                "the name of the API servers", configured == null ? KnownCluster.DEFAULT_SERVER_NAME : configured);
    }

    private Optional<String> variable(String name) {
        return Optional.ofNullable(surroundings.variables().apply(name)).filter(value -> !value.isBlank());
    }

    /**
     * The last good ones, after a look at the files. New ones that are no good are looked at again when a file changes, else not before
     * 30 seconds have passed.
     *
     * @param report takes what is wrong with new ones, once
     * @throws CredentialsException if there never were good ones
     */
    synchronized KnownCluster current(Consumer<String> report) throws CredentialsException {
        KnownCluster last = good;
        Attempt attempt = latest;
        if (attempt != null && !isDue(attempt, last)) {
            if (last != null) {
                return last;
            }
            if (attempt.failure() != null) {
                throw attempt.failure();
            }
        }
        try {
            return load();
        } catch (CredentialsException e) {
            if (last == null) {
                throw e;
            }
            String fault = e.getMessage() + "; the credentials read before stay in use";
            if (!fault.equals(reported)) {
                reported = fault;
                report.accept(fault);
            }
            return last;
        }
    }

    private boolean isDue(Attempt attempt, @Nullable KnownCluster last) {
        // With no source there is no file to look at, and nothing to be run.
        if (source == null || attempt.files().changed()) {
            return true;
        }
        boolean wanted = attempt.failure() != null || refused || (last != null && last.expires(clock.instant()));
        return wanted && nanoTime.getAsLong() - attempt.end() >= BETWEEN_ATTEMPTS.toNanos();
    }

    /**
     * The cluster does not take them: since what a program gave may have expired, they are read again with the next call that comes 30 seconds
     * after they were.
     */
    synchronized void refused() {
        refused = true;
    }
}
