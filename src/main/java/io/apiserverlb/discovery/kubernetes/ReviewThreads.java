package io.apiserverlb.discovery.kubernetes;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The threads that ask for reviews, {@code lb-review-*}: so many questions are under way at a time, and none is there while nobody asks. */
final class ReviewThreads extends ThreadPoolExecutor {
    private static final int COUNT = 4;
    private static final int IDLE_SECONDS = 10;

    ReviewThreads() {
        super(COUNT, COUNT, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>());
        AtomicInteger number = new AtomicInteger();
        setThreadFactory(task -> {
            Thread thread = new Thread(task, "lb-review-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        allowCoreThreadTimeOut(true);
    }
}
