package io.apiserverlb;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** Writes down the system calls of one thread, each of them: strace(1). */
final class Strace implements AutoCloseable {
    private static final Pattern CALL = Pattern.compile("([a-z0-9_]+)\\(.*");
    private static final Pattern WAIT = Pattern.compile("epoll_p?wait2?\\(.*");
    private static final Pattern TOLD = Pattern.compile(".* = [1-9][0-9]*");
    /** An event loop turns so often without being told of anything, and may wait twice each time. */
    private static final Duration BEAT = Duration.ofMillis(100);

    private static final int WAITS_OF_A_BEAT = 2;
    private static final Duration POLL = Duration.ofMillis(10);
    private static final String ATTACHED = " attached";

    private final Process process;
    private final Path file;
    private int linesBefore;
    private long begun;

    private Strace(Process process, Path file) {
        this.process = process;
        this.file = file;
    }

    /** Skips the test, and says why, where there is no strace. */
    static void require() {
        Client.require("strace");
    }

    /** Begins with the thread whose name begins so; skips the test, and says why, where it may not be looked at. */
    static Strace attach(Path folder, long pid, String thread) throws IOException {
        Path file = Files.createTempFile(folder, "strace", ".txt");
        // What it writes to its error output it writes line by line, and does not keep.
        Process process = new ProcessBuilder(List.of("strace", "-e", "signal=none", "-p", threadId(pid, thread)))
                .redirectError(file.toFile())
                .start();
        Strace strace = new Strace(process, file);
        await().pollInterval(POLL).until(() -> !strace.lines().isEmpty() || !process.isAlive());
        String said = Files.readString(file);
        if (said.contains(ATTACHED)) {
            strace.begin();
            return strace;
        }
        strace.close();
        Assumptions.assumeFalse(
                said.contains("not permitted"),
                "strace may not look at another process here: this test is skipped: " + said);
        throw new IOException("strace does not begin: " + said);
    }

    /** Once what was left to do is done, the end of a session of before that its client has seen, say. */
    private void begin() {
        await().pollInterval(POLL).until(this::isIdle);
        linesBefore = lines().size();
        begun = System.nanoTime();
    }

    private static String threadId(long pid, String name) throws IOException {
        try (Stream<Path> tasks = Files.list(Path.of("/proc", Long.toString(pid), "task"))) {
            List<Path> found = tasks.filter(task -> name(task).startsWith(name)).toList();
            if (found.size() != 1) {
                throw new IOException(found.size() + " threads are called " + name + "…");
            }
            return found.get(0).getFileName().toString();
        }
    }

    private static String name(Path task) {
        try {
            return Files.readString(task.resolve("comm"));
        } catch (IOException e) {
            return ""; // it has ended
        }
    }

    /** How often in a row it has read this many bytes into its memory, at most; once there is nothing left to do. */
    int longestRunOfReads(int bytes) {
        await().pollInterval(POLL).until(this::isIdle);
        int longest = 0;
        int run = 0;
        for (String line : sinceBegun()) {
            String call = call(line);
            if (call.equals("recvfrom")) {
                run = line.endsWith(" = " + bytes) ? run + 1 : 0;
            } else if (call.equals("splice")) {
                run = 0;
            }
            longest = Math.max(longest, run);
        }
        return longest;
    }

    private List<String> sinceBegun() {
        List<String> lines = lines();
        return lines.subList(linesBefore, lines.size());
    }

    /** The calls so far by name, once there is nothing left to do, but for the waits that come with time alone. */
    Map<String, Integer> calls() {
        await().pollInterval(POLL).until(this::isIdle);
        long beats = (System.nanoTime() - begun) / BEAT.toNanos() + 1;
        Map<String, Integer> calls = new TreeMap<>();
        for (String line : sinceBegun()) {
            calls.merge(call(line), 1, Integer::sum);
        }
        calls.computeIfPresent("empty-wait", (name, count) -> (int) Math.max(0, count - beats * WAITS_OF_A_BEAT));
        return calls;
    }

    /** The latest that it has done is to wait twice in a row. */
    private boolean isIdle() {
        List<String> lines = lines();
        return lines.size() > 2
                && lines.subList(lines.size() - 2, lines.size()).stream()
                        .allMatch(line -> call(line).equals("empty-wait"));
    }

    private static String call(String line) {
        if (WAIT.matcher(line).matches()) {
            return TOLD.matcher(line).matches() ? "wait" : "empty-wait";
        }
        Matcher call = CALL.matcher(line);
        return call.matches() ? call.group(1) : line;
    }

    /** Those that are complete; the first says that it is there. */
    private List<String> lines() {
        try {
            String text = Files.readString(file);
            return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Lets go of the thread. */
    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
    }
}
