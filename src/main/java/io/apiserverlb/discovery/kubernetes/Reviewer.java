package io.apiserverlb.discovery.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Has the cluster review something, with the balancer's own credentials, and once more where another server may know better. Blocks; safe
 * for use by any thread.
 */
final class Reviewer implements AutoCloseable {
    private final ClusterCredentials credentials;
    private final Asking asking;
    private final Consumer<String> report;
    private final ClusterConnection connection;
    private volatile @Nullable KnownCluster cluster;
    private boolean closed;

    /**
     * Asks nothing yet.
     *
     * @param gateway a local listener that leads to a server
     * @param timeout until an answer begins, and from then on until it ends
     * @param report takes what is wrong with new credentials, once
     */
    Reviewer(
            ClusterCredentials credentials,
            Supplier<Optional<InetSocketAddress>> gateway,
            Duration timeout,
            InstantSource clock,
            Consumer<String> report) {
        this.credentials = credentials;
        this.asking = new Asking(timeout);
        this.report = report;
        this.connection = new ClusterConnection(gateway, this::token, Runnable::run, timeout, status -> {}, clock);
    }

    /** Reads the credentials and makes the client. */
    void prepare() {
        try {
            client();
        } catch (CredentialsException e) {
            // Whoever asks is told.
        }
    }

    /** What it says, once it has said something that can be read. */
    <A> A ask(Review<A> review) throws QuestionFailedException {
        try {
            return askOnce(review);
        } catch (QuestionFailedException e) {
            if (e.status() == HttpURLConnection.HTTP_UNAUTHORIZED) {
                credentials.refused();
            }
            if (isOfOneServer(e)) {
                return askOnce(review);
            }
            throw e;
        }
    }

    /** As is a kept connection whose server has gone since. */
    private static boolean isOfOneServer(QuestionFailedException failure) {
        return failure.status() == 0 || failure.status() >= HttpURLConnection.HTTP_INTERNAL_ERROR;
    }

    private <A> A askOnce(Review<A> review) throws QuestionFailedException {
        try {
            return asking.create(client(), review);
        } catch (CredentialsException e) {
            throw QuestionFailedException.because(String.valueOf(e.getMessage()), e);
        }
    }

    /** The files of the credentials are looked at each time. */
    private KubernetesClient client() throws CredentialsException {
        requireOpen();
        KnownCluster known = credentials.current(report);
        synchronized (this) {
            requireOpen();
            cluster = known;
            return connection.client(known);
        }
    }

    private synchronized void requireOpen() throws CredentialsException {
        if (closed) {
            throw new CredentialsException("the balancer is stopping");
        }
    }

    private String token() {
        KnownCluster known = cluster;
        return known == null ? "" : known.token();
    }

    @Override
    public synchronized void close() {
        closed = true;
        connection.close();
    }
}
