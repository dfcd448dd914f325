package io.apiserverlb.discovery.kubernetes;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Asks the cluster who callers are (TokenReview) and what they may do (SubjectAccessReview), as the API server itself would see it.
 *
 * <p>Answers are kept for ten seconds, whatever they say: so long a right that was taken away still holds. Kept with a token is its digest.
 * Blocks, for five seconds at most; safe for use by any thread.
 */
public final class CallerReviews implements AutoCloseable {
    private static final Duration KEPT = Duration.ofSeconds(10);
    private static final int CAPACITY = 1_000;
    /** A question whose texts are longer counts as several. */
    private static final int USUAL_LENGTH = 256;

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private record Right(KubernetesUser user, String verb, String path) {
        int size() {
            return 1 + (verb.length() + path.length()) / USUAL_LENGTH;
        }
    }

    private final Reviewer reviewer;
    private final ExecutorService threads = new ReviewThreads();
    private final RecentAnswers<String, Optional<KubernetesUser>> users;
    private final RecentAnswers<Right, Boolean> rights;
    private final Complaints complaints;

    /**
     * Asks nothing yet.
     *
     * @param gateway a local listener that forwards to a usable API server; empty while it is not open
     * @param report takes what an operator should know: why new credentials are no good, and tokens of callers
     */
    public CallerReviews(
            ClusterCredentials credentials,
            Supplier<Optional<InetSocketAddress>> gateway,
            InstantSource clock,
            LongSupplier nanoTime,
            Consumer<String> report) {
        this(credentials, gateway, PATIENCE, clock, nanoTime, report);
    }

    CallerReviews(
            ClusterCredentials credentials,
            Supplier<Optional<InetSocketAddress>> gateway,
            Duration patience,
            InstantSource clock,
            LongSupplier nanoTime,
            Consumer<String> report) {
        // Asked twice, it has said what is wrong before who waits gives up.
        Duration timeout = patience.multipliedBy(9).dividedBy(20);
        this.reviewer = new Reviewer(credentials, gateway, timeout, clock, report);
        this.users = new RecentAnswers<>(KEPT, CAPACITY, token -> 1, threads, patience, nanoTime);
        this.rights = new RecentAnswers<>(KEPT, CAPACITY, Right::size, threads, patience, nanoTime);
        this.complaints = new Complaints(nanoTime, report);
    }

    /** Makes ready what the first question would have to wait for: that takes seconds where processors are slow. */
    public void prepare() {
        threads.execute(reviewer::prepare);
    }

    /** Who shows this bearer token; empty if the cluster does not know it. */
    public Optional<KubernetesUser> user(String token) throws NotReviewedException {
        return users.get(digest(token), () -> {
            TokenReview review = reviewer.ask(Review.of(token));
            review.complaint().ifPresent(words -> complaints.tell(words.replace(token, "…")));
            return review.user();
        });
    }

    /**
     * Whether this user may do this with this non-resource URL.
     *
     * @param verb an HTTP method in small letters
     * @param path of the URL
     */
    public boolean allows(KubernetesUser user, String verb, String path) throws NotReviewedException {
        return rights.get(
                new Right(user, verb, path),
                () -> reviewer.ask(Review.of(user, verb, path)).allows());
    }

    private static String digest(String token) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(sha256.digest(token.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** Who waits for an answer is told that there will be none. */
    @Override
    public void close() {
        reviewer.close();
        threads.shutdownNow().forEach(Runnable::run); // which now end at once
    }
}
