package io.apiserverlb.testing;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * Runs what blocks beside a test, each on a thread of its own.
 *
 * <p>The common pool has one thread on a machine with two processors, and since JDK 25 everybody's asynchronous steps wait for it, the end of
 * a {@link Process} and the answers of HTTP clients among them.
 */
public final class Background {
    private static final Executor THREADS = task -> {
        Thread thread = new Thread(task, "background");
        thread.setDaemon(true);
        thread.start();
    };

    private Background() {}

    public static CompletableFuture<Void> run(Runnable task) {
        return CompletableFuture.runAsync(task, THREADS);
    }

    public static <T> CompletableFuture<T> supply(Supplier<T> task) {
        return CompletableFuture.supplyAsync(task, THREADS);
    }
}
