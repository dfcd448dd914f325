package io.apiserverlb;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Has the lines of another appender written by a thread of its own, many at a time.
 *
 * <p>Whoever logs never waits for it, and wakes it only if nothing was logged for a while: a line may be a fiftieth of a second late. What
 * does not fit into the queue is dropped, which is told. For any thread.
 */
final class LogWriter extends UnsynchronizedAppenderBase<ILoggingEvent> implements Runnable {
    private static final int QUEUE = 8_192;
    private static final long PAUSE_MILLIS = 20;
    private static final long STOP_MILLIS = 1_000;

    private final Appender<ILoggingEvent> target;
    private final Logger logger;
    private final BlockingQueue<ILoggingEvent> queue = new ArrayBlockingQueue<>(QUEUE);
    private final AtomicLong dropped = new AtomicLong();
    private final Thread thread = new Thread(this, "lb-log");

    /** @param logger in whose name it tells what was dropped */
    LogWriter(Appender<ILoggingEvent> target, Logger logger) {
        this.target = target;
        this.logger = logger;
        setName("lb-log-" + target.getName());
    }

    @Override
    public void start() {
        if (target instanceof OutputStreamAppender<ILoggingEvent> stream) {
            stream.setImmediateFlush(false); // but once for all that is written together
        }
        super.start();
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    protected void append(ILoggingEvent event) {
        event.prepareForDeferredProcessing();
        if (!queue.offer(event)) {
            dropped.incrementAndGet();
        }
    }

    @Override
    public void run() {
        List<ILoggingEvent> batch = new ArrayList<>();
        try {
            while (isStarted()) { // the console may have taken the interrupt for itself
                batch.add(queue.take());
                do {
                    write(batch);
                    TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
                } while (queue.drainTo(batch) > 0);
            }
        } catch (InterruptedException e) {
            // It is to end.
        }
        queue.drainTo(batch);
        write(batch);
    }

    private void write(List<ILoggingEvent> batch) {
        try {
            writeAll(batch);
        } catch (RuntimeException | OutOfMemoryError e) { // the next lines may fare better
            addError("cannot write the log", e);
        } finally {
            batch.clear();
        }
    }

    private void writeAll(List<ILoggingEvent> batch) {
        batch.forEach(target::doAppend);
        long lost = dropped.getAndSet(0);
        if (lost > 0) {
            target.doAppend(new LoggingEvent(
                    LogWriter.class.getName(),
                    logger,
                    Level.WARN,
                    "{} lines were dropped: they came faster than they could be written",
                    null,
                    new Object[] {lost}));
        }
        if (target instanceof OutputStreamAppender<ILoggingEvent> stream) {
            try {
                stream.getOutputStream().flush();
            } catch (IOException e) {
                addError("cannot write the log", e);
            }
        }
    }

    /** What is in the queue is written before, unless nobody takes it in time. */
    @Override
    public void stop() {
        if (!isStarted()) {
            return;
        }
        super.stop();
        thread.interrupt();
        boolean interrupted = Thread.interrupted();
        try {
            thread.join(STOP_MILLIS);
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (!thread.isAlive()) { // else it holds a lock that this would wait for
            target.stop();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
