package io.apiserverlb.state;

import io.apiserverlb.pool.Events;
import io.apiserverlb.pool.SeedUrl;
import io.apiserverlb.pool.ServerAddress;
import io.apiserverlb.pool.ServerList;
import io.apiserverlb.pool.ServerPool;
import io.apiserverlb.pool.StateStatus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the list in a JSON file, through restarts and crashes.
 *
 * <p>Use: {@link #restore} once, then {@link #accept} as a subscriber of the pool. Writing is done by a thread of its own,
 * {@code lb-state}: only what differs from the file, the latest of several lists that wait, and again and again where it fails. No
 * trouble with the file ever reaches a caller; it is an event when it begins and when it is over, and stands in the {@link #status}.
 */
public final class StateFile implements AutoCloseable {
    /**
     * How long what may take.
     *
     * @param firstRetry the pause after a failed attempt, doubled after each further one
     * @param longestRetry the limit of that
     * @param closing how long {@link #close} waits for what is still to be written
     */
    record Pace(Duration firstRetry, Duration longestRetry, Duration closing) {}

    private static final Pace PACE = new Pace(Duration.ofSeconds(1), Duration.ofSeconds(30), Duration.ofSeconds(3));
    private static final String OVERDUE = "the disk does not answer";
    private static final DateTimeFormatter FILE_TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmssSSS'Z'").withZone(ZoneOffset.UTC);

    private final AtomicFile file;
    private final List<ServerAddress> configured;
    private final InstantSource clock;
    private final Events events;
    private final Pace pace;
    private final ScheduledThreadPoolExecutor writer;
    private final AtomicReference<@Nullable ServerList> waiting = new AtomicReference<>();

    // By restore, and from the first accept on by lb-state only.
    private @Nullable SavedState wanted;
    private volatile Unknown unknown = Unknown.NOTHING;
    private boolean keepOld;
    private Duration pause;
    private @Nullable Future<?> retry;

    /** Written by lb-state only. */
    private volatile StateStatus status;

    /** The latest; written by lb-state only. */
    private volatile @Nullable WriteAttempt attempt;

    /** By whoever calls {@link #watch}. */
    private @Nullable WriteAttempt seen;

    /** Whether another process has the right to write the file. */
    private volatile boolean leftToOther;

    /**
     * Touches nothing yet.
     *
     * @param configured the configured list, which the file remembers so that a later start sees a change
     */
    public StateFile(Path path, List<ServerAddress> configured, InstantSource clock, Events events) {
        this(path, configured, clock, events, PACE);
    }

    StateFile(Path path, List<ServerAddress> configured, InstantSource clock, Events events, Pace pace) {
        this.file = new AtomicFile(path);
        this.configured = List.copyOf(configured);
        this.clock = clock;
        this.events = events;
        this.pace = pace;
        this.pause = pace.firstRetry();
        this.status = new StateStatus(file.path().toString(), null, null, 0, 0);
        this.writer = new ScheduledThreadPoolExecutor(
                1,
                task -> {
                    Thread thread = new Thread(task, "lb-state");
                    // A disk that hangs must not keep the process from ending.
                    thread.setDaemon(true);
                    return thread;
                },
                new ThreadPoolExecutor.DiscardPolicy());
        writer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        writer.setRemoveOnCancelPolicy(true);
    }

    /**
     * Reads the file and makes of it, and of the configuration, what a pool begins with.
     *
     * <p>Goes on whatever the file is like: one that is no state file is moved to {@code <file>.corrupt-<time>}, one that cannot be read
     * stays as it is. Blocks for as long as the disk takes.
     *
     * @param seeds the configured registration URLs
     * @param discovery whether the cluster is asked for its servers
     */
    public ServerPool.Memory restore(List<SeedUrl> seeds, boolean discovery) {
        file.deleteLeftovers();
        Optional<SavedState> saved = read();
        ServerPool.Memory memory = restore(saved, seeds, discovery);
        wanted = saved.map(state -> state.keeping(unknown)).orElse(null);
        return memory;
    }

    /**
     * The same with what the process before had, unless the file is of a later version of the list: that process did not have the file any
     * more then. Nothing is written until {@link #takeBack}.
     *
     * @param text of {@link #leaveToOther}
     */
    public ServerPool.Memory restore(String text, List<SeedUrl> seeds, boolean discovery) {
        leftToOther = true;
        Optional<SavedState> saved = look(file);
        try {
            SavedState handed = StateJson.read(text.getBytes(StandardCharsets.UTF_8));
            boolean later = saved.isPresent()
                    && saved.get().serverUrl().equals(handed.serverUrl())
                    && saved.get().version() > handed.version();
            return restore(later ? saved : Optional.of(handed), seeds, discovery);
        } catch (CorruptStateException e) {
            Note.warn("what the process before had is not usable, and the file is read: " + e.getMessage())
                    .record(events);
            return restore(saved, seeds, discovery);
        }
    }

    /**
     * The registration URLs that a start would begin with; touches nothing.
     *
     * @param seeds those that are configured
     */
    public static List<SeedUrl> seeds(Path path, List<SeedUrl> seeds) {
        Restoration restoration = Restoration.of(look(new AtomicFile(path)), seeds, List.of(), false);
        return restoration.memory().membership().seeds();
    }

    private ServerPool.Memory restore(Optional<SavedState> saved, List<SeedUrl> seeds, boolean discovery) {
        Restoration restoration = Restoration.of(saved, seeds, configured, discovery);
        restoration.notes().forEach(note -> note.record(events));
        unknown = restoration.unknown();
        keepOld |= restoration.keepOld();
        return restoration.memory();
    }

    /**
     * Writes what is still to be written, for some seconds at most, and then leaves the file to another process.
     *
     * @return what the file would hold of this list
     */
    public String leaveToOther(ServerList list) {
        leftToOther = true;
        Future<?> left = writer.submit(() -> leave(list));
        try {
            left.get(pace.closing().toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            left.cancel(false);
            Note.warn("the state file was left to another process before it could be written: " + e)
                    .record(events);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return new String(StateJson.write(SavedState.from(list, configured).keeping(unknown)), StandardCharsets.UTF_8);
    }

    /** Has lists written from now on, this one first if it differs from the one that was written last: there is no other process. */
    public void takeBack(ServerList list) {
        leftToOther = false;
        accept(list);
    }

    private void leave(ServerList last) {
        waiting.set(last);
        finish();
        if (retry != null) {
            cancelRetry();
            wanted = null; // the file does not hold it
        }
    }

    /** Reads what another process may still write, and touches nothing. */
    private static Optional<SavedState> look(AtomicFile file) {
        try {
            return Optional.of(StateJson.read(file.read(StateJson.MAX_BYTES)));
        } catch (CorruptStateException | IOException e) {
            return Optional.empty();
        }
    }

    private Optional<SavedState> read() {
        try {
            return Optional.of(StateJson.read(file.read(StateJson.MAX_BYTES)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (CorruptStateException e) {
            moveAway(e);
            return Optional.empty();
        } catch (IOException e) {
            keepOld = true;
            Note.warn("the state file " + file.path() + " cannot be read and stays as it is: " + IoReason.of(e))
                    .record(events);
            return Optional.empty();
        }
    }

    private void moveAway(CorruptStateException corruption) {
        String problem = "the state file " + file.path() + " is not usable: " + corruption.getMessage();
        try {
            Path moved = file.moveAway(".corrupt-" + FILE_TIME.format(clock.instant()));
            Note.warn(problem + "; it is now " + moved).record(events);
        } catch (IOException e) {
            keepOld = true;
            Note.warn(problem + "; it cannot be moved away: " + IoReason.of(e)).record(events);
        }
    }

    /** Has the list written if it differs from the file; never blocks. */
    public void accept(ServerList list) {
        if (waiting.getAndSet(list) == null) {
            writer.execute(this::takeOverUnlessLeft);
        }
    }

    private void takeOverUnlessLeft() {
        if (leftToOther) {
            waiting.set(null);
        } else {
            takeOver();
        }
    }

    private void takeOver() {
        ServerList list = waiting.getAndSet(null);
        if (list == null) {
            return;
        }
        SavedState next = SavedState.from(list, configured).keeping(unknown);
        unknown = next.unknown();
        if (!next.equals(wanted)) {
            wanted = next;
            write(next);
        }
    }

    private void write(SavedState state) {
        cancelRetry();
        WriteAttempt present = new WriteAttempt();
        attempt = present;
        try {
            if (keepOld) {
                file.keep();
                keepOld = false;
            }
            file.write(StateJson.write(state));
            succeeded(present.end());
        } catch (IOException | RuntimeException e) {
            present.end();
            failed(state, IoReason.of(e));
        }
    }

    private void cancelRetry() {
        if (retry != null) {
            retry.cancel(false);
            retry = null;
        }
    }

    private void succeeded(boolean overdue) {
        StateStatus before = status;
        pause = pace.firstRetry();
        status = new StateStatus(before.path(), clock.instant(), null, before.successes() + 1, before.failures());
        if (before.error() != null || overdue) {
            Note.info("the state file " + before.path() + " is written again").record(events);
        }
    }

    private void failed(SavedState state, String error) {
        StateStatus before = status;
        status = new StateStatus(before.path(), before.lastWritten(), error, before.successes(), before.failures() + 1);
        retry = writer.schedule(() -> write(state), pause.toMillis(), TimeUnit.MILLISECONDS);
        Duration doubled = pause.multipliedBy(2);
        pause = doubled.compareTo(pace.longestRetry()) < 0 ? doubled : pace.longestRetry();
        if (before.error() == null) {
            Note.warn("the state file " + before.path() + " cannot be written, which is tried again: " + error)
                    .record(events);
        }
    }

    /** How the writing goes. */
    public StateStatus status() {
        WriteAttempt present = attempt;
        StateStatus latest = status;
        return present == null || !present.isOverdue() || latest.error() != null
                ? latest
                : new StateStatus(latest.path(), latest.lastWritten(), OVERDUE, latest.successes(), latest.failures());
    }

    /**
     * Sees whether an attempt to write comes to an end: one that is under way at two calls is an event and stands in the {@link #status}.
     * To be called by one thread, now and then.
     */
    @SuppressWarnings("ReferenceEquality") // an attempt is like no other
    public void watch() {
        WriteAttempt present = attempt;
        if (present != null && present == seen && present.becomesOverdue()) {
            Note.warn("the state file " + file.path() + " is not written: " + OVERDUE)
                    .record(events);
        }
        seen = present;
    }

    /** Writes what is still to be written, for some seconds at most, and ends the thread. Later lists are not written. */
    @Override
    public void close() {
        if (!leftToOther) {
            writer.execute(this::finish);
        }
        writer.shutdown();
        try {
            // Where that is not enough, no interrupt: it closes the file that is written, and waits for the disk as
            // well.
            var unused = writer.awaitTermination(pace.closing().toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void finish() {
        takeOver();
        if (retry != null && wanted != null) {
            write(wanted);
        }
    }
}
