package io.apiserverlb.chaos;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Looks at the state file all the time: whole at any moment, and never written in place, which would have a moment at which it is not.
 */
final class StateFileWatch implements AutoCloseable {
    private static final long PERIOD_MILLIS = 5;
    private static final Duration FOLLOWS_WITHIN = Duration.ofSeconds(2);

    private final JsonMapper json = new JsonMapper();
    private final Path file;
    private final Violations violations;
    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "chaos-state-file");
        thread.setDaemon(true);
        return thread;
    });
    private @Nullable Map<String, Object> known;
    /** The file that is known: while it is open no other one gets its inode. */
    private @Nullable InputStream held;

    /** Begins at once. */
    StateFileWatch(Path file, Violations violations) {
        this.file = file;
        this.violations = violations;
        executor.scheduleWithFixedDelay(this::look, 0, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void look() {
        try {
            Map<String, Object> now = attributes();
            if (now.equals(known)) {
                return;
            }
            if (known != null && Objects.requireNonNull(now.get("ino")).equals(known.get("ino"))) {
                violations.now(
                        "the state file is replaced, not written in place", "it was " + known + " and is " + now);
            }
            hold(now);
            version();
        } catch (NoSuchFileException e) {
            if (known != null) {
                violations.now("the state file is always there", e.toString());
                known = null;
            }
        } catch (IOException | RuntimeException e) {
            violations.now("the state file is whole at any moment", e.toString());
        }
    }

    private Map<String, Object> attributes() throws IOException {
        return Files.readAttributes(file, "unix:ino,lastModifiedTime,size");
    }

    /** Unless there is yet another one, which the next look sees. */
    private void hold(Map<String, Object> now) throws IOException {
        InputStream opened = Files.newInputStream(file);
        boolean same = false;
        try {
            same = attributes().equals(now);
        } finally {
            if (!same) {
                opened.close();
            }
        }
        if (same) {
            release();
            held = opened;
            known = now;
        }
    }

    private void release() throws IOException {
        if (held != null) {
            held.close();
            held = null;
        }
    }

    private long version() throws IOException {
        byte[] text = Files.readAllBytes(file);
        JsonNode all = json.readTree(text);
        if (all.get("ServerAddresses") == null || all.get("Version") == null) {
            throw new IOException("no state file: " + all);
        }
        return all.get("Version").asLong();
    }

    /** Waits until the file holds a version of the list: by then a kill takes nothing away. */
    void awaitVersion(long version) {
        try {
            await().atMost(FOLLOWS_WITHIN)
                    .pollInterval(Duration.ofMillis(PERIOD_MILLIS))
                    .ignoreExceptionsInstanceOf(JacksonException.class)
                    .until(() -> version() >= version);
        } catch (ConditionTimeoutException e) {
            violations.now(
                    "the state file follows the list", "version " + version + " is not in it: " + e.getMessage());
        }
    }

    @Override
    public void close() {
        var unused = executor.submit(() -> {
            release();
            return null;
        });
        executor.shutdown();
    }
}
