package io.apiserverlb.discovery;

import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;

/** The one thread of a source, {@code lb-discovery}; what comes after its end is dropped. */
public final class DiscoveryThread extends ScheduledThreadPoolExecutor {
    private final Runnable atEnd;

    /** @param atEnd what its end leaves to be done */
    public DiscoveryThread(Runnable atEnd) {
        super(
                1,
                task -> {
                    Thread thread = new Thread(task, "lb-discovery");
                    thread.setDaemon(true);
                    return thread;
                },
                new ThreadPoolExecutor.DiscardPolicy());
        this.atEnd = atEnd;
        setRemoveOnCancelPolicy(true);
    }

    @Override
    protected void terminated() {
        atEnd.run();
    }
}
