package io.apiserverlb.state;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/** A process whose main thread does nothing but change a file as it is told, and is looked at by strace(1), or disturbed. */
final class TracedWriter implements AutoCloseable {
    static final String OK = "ok";

    private static final String DIED = "died";
    private static final String THREAD = "writer";

    /** The process: an operation and its text a line, and what came of it a line. */
    static final class Commands {
        private Commands() {}

        public static void main(String[] args) throws Exception {
            Thread writer = new Thread(() -> follow(Path.of(args[0]), Path.of(args[1])), THREAD);
            writer.start();
            writer.join();
        }

        private static void follow(Path path, Path elsewhere) {
            // What the classes need to be loaded is read once, and not among what is looked at.
            run(new AtomicFile(elsewhere), "write", "warm");
            for (Operation operation : Operation.values()) {
                run(new AtomicFile(elsewhere), operation.command, "warm");
            }
            AtomicFile file = new AtomicFile(path);
            BufferedReader in = new BufferedReader(new InputStreamReader(System.in, UTF_8));
            PrintWriter out = new PrintWriter(System.out, true, UTF_8);
            out.println(OK);
            in.lines().forEach(line -> {
                int blank = line.indexOf(' ');
                out.println(run(file, line.substring(0, blank), line.substring(blank + 1)));
            });
        }

        private static String run(AtomicFile file, String operation, String text) {
            try {
                switch (operation) {
                    case "write" -> file.write(text.getBytes(UTF_8));
                    case "keep" -> file.keep();
                    case "move" -> file.moveAway(text);
                    default -> throw new IllegalArgumentException(operation);
                }
                return OK;
            } catch (IOException | RuntimeException e) {
                return IoReason.of(e);
            }
        }
    }

    /** What a state file has done to it. */
    enum Operation {
        WRITE("write"),
        KEEP("keep"),
        MOVE("move");

        private final String command;

        Operation(String command) {
            this.command = command;
        }
    }

    /**
     * How an operation went.
     *
     * @param result {@link #OK}, or why not, or that the process died
     */
    record Run(String result, List<String> trace) {
        boolean died() {
            return result.equals(DIED);
        }
    }

    private final Path notes;
    private final Process process;
    private final BufferedReader results;

    private TracedWriter(Path notes, Process process) {
        this.notes = notes;
        this.process = process;
        this.results = process.inputReader(UTF_8);
    }

    /**
     * Starts it and waits until it is ready; skips the test, and says why, where there is no strace.
     *
     * @param notes a folder for what is no part of the test
     */
    static TracedWriter start(Path path, Path notes) throws IOException {
        requireStrace();
        return start(List.of(), path, notes);
    }

    static void requireStrace() {
        Assumptions.assumeTrue(
                Stream.of("/usr/bin/strace", "/bin/strace", "/usr/local/bin/strace")
                        .anyMatch(file -> Files.isExecutable(Path.of(file))),
                "there is no strace here");
    }

    /**
     * The same, to be run without a look by strace.
     *
     * @param starter the words before the command
     */
    static TracedWriter start(List<String> starter, Path path, Path notes) throws IOException {
        List<String> command = new ArrayList<>(starter);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx32m",
                "-cp",
                System.getProperty("java.class.path"),
                Commands.class.getName(),
                path.toString(),
                notes.resolve("elsewhere.json").toString()));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        TracedWriter writer = new TracedWriter(notes, process);
        assertThat(writer.results.readLine()).isEqualTo(OK);
        return writer;
    }

    /** Has the operation done, and says how it went. */
    String run(Operation operation, String text) throws IOException {
        process.outputWriter(UTF_8)
                .append(operation.command + " " + text + "\n")
                .flush();
        String result = results.readLine();
        if (result == null) {
            process.onExit().join();
        }
        return result == null ? DIED : result;
    }

    /** The same while strace looks on, and does what it is told with {@code inject} if that is not null. */
    Run run(Operation operation, String text, @Nullable String inject) throws IOException {
        Path file = Files.createTempFile(notes, "trace", ".txt");
        Process strace = attach(threadId(), file, inject, "read(0");
        try {
            return new Run(run(operation, text), end(strace, file));
        } finally {
            strace.destroy();
            strace.onExit().join();
        }
    }

    /**
     * Has strace look at a thread.
     *
     * @param file what it writes down
     * @param waits what the thread does at that moment
     */
    static Process attach(String thread, Path file, @Nullable String inject, String waits) throws IOException {
        List<String> command = new ArrayList<>(List.of("strace", "-y", "-s", "4096", "-p", thread));
        if (inject != null) {
            command.addAll(List.of("-e", inject));
        }
        Process strace =
                new ProcessBuilder(command).redirectError(file.toFile()).start();
        Awaitility.await()
                .pollInterval(Duration.ofMillis(2))
                .until(() -> Files.readString(file).contains(waits) || !strace.isAlive());
        String said = Files.readString(file);
        Assumptions.assumeFalse(said.contains("not permitted"), "strace may not look at another process here: " + said);
        assertThat(strace.isAlive()).as(said).isTrue();
        return strace;
    }

    private String threadId() throws IOException {
        try (Stream<Path> tasks = Files.list(Path.of("/proc", Long.toString(process.pid()), "task"))) {
            return threadIn(tasks, THREAD);
        }
    }

    /** The id of a thread that is called so. */
    static String threadIn(Stream<Path> tasks, String name) {
        return tasks.filter(task -> isCalled(task, name))
                .findAny()
                .orElseThrow()
                .getFileName()
                .toString();
    }

    private static boolean isCalled(Path task, String name) {
        try {
            return Files.readString(task.resolve("comm")).strip().equals(name);
        } catch (IOException e) {
            return false; // it has ended
        }
    }

    private static List<String> end(Process strace, Path file) throws IOException {
        strace.destroy();
        strace.onExit().join();
        return Files.readAllLines(file);
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
