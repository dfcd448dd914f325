package io.apiserverlb.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.apiserverlb.state.TracedWriter.Operation;
import io.apiserverlb.state.TracedWriter.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whatever a state file has done to it is looked at once, and then done again for each system call of it: the process is killed as it makes
 * the call, when the one before has just had its effect, or the call fails. A call that is added is covered by that.
 */
@Timeout(120)
class EachSystemCallTest {
    private static final String OLD = "old".repeat(1_000);
    private static final String NEW = "new".repeat(2_000);
    private static final Map<String, String> ERRORS = Map.of(
            "ENOSPC", "No space left on device",
            "EIO", "Input/output error",
            "EROFS", "Read-only file system",
            "EACCES", "ermission denied",
            "EDQUOT", "Disk quota exceeded");
    /** The JDK reads random numbers by the time that has passed: hardly ever so that it is missed as often. */
    private static final int MOST_SHOTS = 5;

    /** They change nothing, so that a process that dies at one of them leaves what it leaves at the next. */
    private static final Set<String> LOOKS = Set.of("statx", "newfstatat", "fstat", "readlink", "lseek", "read");

    @TempDir
    private Path temporary;

    private Path folder;
    private Path notes;
    private Path path;

    /** What is done, and to what. */
    enum Case {
        REPLACE(Operation.WRITE, NEW, "state.json"),
        FIRST(Operation.WRITE, NEW, "state.json"),
        FIRST_IN_A_NEW_FOLDER(Operation.WRITE, NEW, "state.json"),
        KEEP(Operation.KEEP, "", "state.json.bak"),
        MOVE_AWAY(Operation.MOVE, ".corrupt-20261123T040000000Z", "state.json.corrupt-20261123T040000000Z");

        private final Operation operation;
        private final String text;
        private final String result;

        Case(Operation operation, String text, String result) {
            this.operation = operation;
            this.text = text;
            this.result = result;
        }

        Run run(TracedWriter writer, @Nullable String inject) throws IOException {
            return writer.run(operation, text, inject);
        }

        private boolean isFirst() {
            return this == FIRST || this == FIRST_IN_A_NEW_FOLDER;
        }

        /** What each file holds before, and whether it may, once it has been tried. */
        private Set<String> contents(String name) {
            return switch (this) {
                case REPLACE -> Set.of(OLD, NEW);
                case FIRST, FIRST_IN_A_NEW_FOLDER -> Set.of(NEW);
                case KEEP -> name.equals(result) ? Set.of("older", OLD) : Set.of(OLD);
                case MOVE_AWAY -> Set.of(OLD);
            };
        }
    }

    @BeforeEach
    void makeFolders() throws IOException {
        folder = temporary.resolve("disk");
        notes = Files.createDirectory(temporary.resolve("notes"));
        path = folder.resolve("state.json");
    }

    private void begin(Case what) throws IOException {
        empty();
        if (what != Case.FIRST_IN_A_NEW_FOLDER) {
            Files.createDirectories(folder);
        }
        if (!what.isFirst()) {
            write(path, OLD);
        }
        if (what == Case.KEEP) {
            write(folder.resolve(what.result), "older");
        }
    }

    private void empty() throws IOException {
        if (Files.exists(folder)) {
            for (Path file : files()) {
                Files.delete(file);
            }
            Files.delete(folder);
        }
    }

    private static void write(Path file, String content) throws IOException {
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, content);
    }

    private List<Path> files() throws IOException {
        if (!Files.exists(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }

    private List<SystemCall> calls(Case what) throws IOException {
        begin(what);
        try (TracedWriter writer = TracedWriter.start(path, notes)) {
            Run run = what.run(writer, null);
            assertThat(run.result()).isEqualTo(TracedWriter.OK);
            List<SystemCall> calls = SystemCall.about(folder.toString(), run.trace());
            assertThat(calls)
                    .as(() -> String.join("\n", run.trace()))
                    .anyMatch(call -> call.name().startsWith("rename"));
            return calls;
        }
    }

    @Test
    void theContentIsOnDiskBeforeItsNameAndTheNameBeforeItIsDone() throws IOException {
        List<String> order = new ArrayList<>();
        for (SystemCall call : calls(Case.REPLACE)) {
            if (call.is("write", ".tmp>")) {
                order.add("content written");
            } else if (call.is("fsync", ".tmp>")) {
                order.add("content on disk");
            } else if (call.is("rename", "state.json\"")) {
                order.add("renamed");
            } else if (call.is("fsync", folder + ">")) {
                order.add("name on disk");
            }
        }

        assertThat(order).containsExactly("content written", "content on disk", "renamed", "name on disk");
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = "FIRST") // the one in a new folder begins with more, and goes on alike
    void killedAtAnyCallItLeavesWhatWasOrWhatWasToBe(Case what) throws IOException {
        for (SystemCall call : calls(what)) {
            if (LOOKS.contains(call.name())) {
                continue;
            }
            begin(what);
            try (TracedWriter writer = TracedWriter.start(path, notes)) {
                Run run = what.run(writer, call.inject("signal=KILL"));

                assertThat(run.died()).as("%s, and it went on: %s", call, run).isTrue();
                assertThat(SystemCall.about(folder.toString(), run.trace()))
                        .as("killed at %s", call)
                        .last()
                        .satisfies(last -> assertThat(last.name()).isEqualTo(call.name()));
            }
            new AtomicFile(path).deleteLeftovers();
            assertSound(what, "killed at " + call);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whateverCallFailsItSaysWhyAndTheNextAttemptSucceeds(Case what) throws IOException {
        List<SystemCall> calls = calls(what);
        try (TracedWriter writer = TracedWriter.start(path, notes)) {
            for (SystemCall call : calls) {
                for (String error : what == Case.REPLACE ? ERRORS.keySet() : Set.of("EIO")) {
                    Run run = failing(what, writer, calls, call, error);
                    String description = error + " at " + call + ": " + run.result();

                    assertThat(run.trace()).as(description).anyMatch(line -> isHit(line, call));
                    if (!run.result().equals(TracedWriter.OK)) {
                        assertThat(run.result()).as(description).contains(ERRORS.get(error));
                    }
                    assertSound(what, description);
                    if (!run.result().equals(TracedWriter.OK)) {
                        assertThat(what.run(writer, null).result())
                                .as(description)
                                .isEqualTo(TracedWriter.OK);
                    }
                    assertDone(what, description);
                }
            }
        }
    }

    /** Aims anew, by what it did this time, where the JDK has read fresh random numbers now and not then, or the other way round. */
    private Run failing(Case what, TracedWriter writer, List<SystemCall> calls, SystemCall call, String error)
            throws IOException {
        int place = ofSameName(calls, call).indexOf(call);
        SystemCall aim = call;
        for (int shots = 1; ; shots++) {
            begin(what);
            Run run = what.run(writer, aim.inject("error=" + error));
            if (shots == MOST_SHOTS || run.trace().stream().anyMatch(line -> isHit(line, call))) {
                return run;
            }
            List<SystemCall> now = ofSameName(SystemCall.about(folder.toString(), run.trace()), call);
            aim = place < now.size() ? now.get(place) : call;
        }
    }

    private static List<SystemCall> ofSameName(List<SystemCall> calls, SystemCall call) {
        return calls.stream().filter(other -> other.name().equals(call.name())).toList();
    }

    private boolean isHit(String line, SystemCall call) {
        return line.startsWith(call.name()) && line.contains(folder.toString()) && line.contains("(INJECTED)");
    }

    /** No file but those that are to be there, each whole and for its owner alone. */
    private void assertSound(Case what, String description) throws IOException {
        List<Path> files = files();
        assertThat(files)
                .as(description)
                .isSubsetOf(path, folder.resolve(what.result))
                .hasSizeGreaterThanOrEqualTo(what.isFirst() ? 0 : 1);
        for (Path file : files) {
            assertThat(what.contents(file.getFileName().toString()))
                    .as("%s: %s", description, file)
                    .contains(Files.readString(file));
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .as("%s: %s", description, file)
                    .isEqualTo("rw-------");
        }
        if (what == Case.REPLACE || what == Case.KEEP) {
            assertThat(path).as(description).exists();
        }
    }

    private void assertDone(Case what, String description) throws IOException {
        assertSound(what, description);
        assertThat(folder.resolve(what.result))
                .as(description)
                .hasContent(what.operation == Operation.WRITE ? NEW : OLD);
    }
}
