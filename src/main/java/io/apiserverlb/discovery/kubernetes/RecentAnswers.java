package io.apiserverlb.discovery.kubernetes;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.function.ToIntFunction;

/**
 * Keeps answers for a while, each from when it was asked for, and has equal questions that come meanwhile wait for the same answer. Failures
 * are kept by nobody. Blocks; safe for use by any thread.
 */
final class RecentAnswers<K, A> {
    /** Asks, on a thread of the executor. */
    interface Question<A> {
        A ask() throws QuestionFailedException;
    }

    private final Cache<K, CompletableFuture<A>> answers;
    private final Executor executor;
    private final Duration patience;
    private final LongSupplier nanoTime;

    /**
     * None yet.
     *
     * @param capacity the sum of the sizes of the questions whose answers are kept
     * @param patience of whoever waits for an answer
     */
    RecentAnswers(
            Duration kept,
            int capacity,
            ToIntFunction<K> size,
            Executor executor,
            Duration patience,
            LongSupplier nanoTime) {
        this.answers = Caffeine.newBuilder()
                .expireAfterWrite(kept)
                .maximumWeight(capacity)
                .weigher((K key, CompletableFuture<A> answer) -> size.applyAsInt(key))
                .ticker(nanoTime::getAsLong)
                // Who asks does the little that there is to tidy up.
                .executor(Runnable::run)
                .build();
        this.executor = executor;
        this.patience = patience;
        this.nanoTime = nanoTime;
    }

    /** The answer that there is, or the one that comes. */
    A get(K key, Question<A> question) throws NotReviewedException {
        try {
            return answers.get(key, unknown -> begin(unknown, question)).get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw new NotReviewedException(words(e.getCause() == null ? e : e.getCause()));
        } catch (TimeoutException e) {
            throw new NotReviewedException("the cluster gave no answer in time");
        } catch (CancellationException | RejectedExecutionException e) {
            throw new NotReviewedException("the balancer is stopping");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NotReviewedException("interrupted while the cluster was asked");
        }
    }

    private static String words(Throwable failure) {
        return failure instanceof QuestionFailedException
                ? String.valueOf(failure.getMessage())
                : "the cluster cannot be asked: " + failure.getClass().getSimpleName();
    }

    private CompletableFuture<A> begin(K key, Question<A> question) {
        CompletableFuture<A> answer = new CompletableFuture<>();
        long since = nanoTime.getAsLong();
        executor.execute(() -> {
            try {
                if (nanoTime.getAsLong() - since > patience.toNanos()) {
                    throw QuestionFailedException.because("too many questions to the cluster at once", null);
                }
                answer.complete(question.ask());
            } catch (QuestionFailedException | RuntimeException e) {
                answers.asMap().remove(key, answer);
                answer.completeExceptionally(e);
            }
        });
        return answer;
    }
}
