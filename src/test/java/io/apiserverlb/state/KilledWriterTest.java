package io.apiserverlb.state;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Reads over the shoulder of processes that do nothing but write the file, and kills them. */
@Timeout(30)
class KilledWriterTest {
    private static final int ADDRESSES = 2_000;

    /** The process: writes one version after another and tells the first. */
    static final class Writer {
        private Writer() {}

        public static void main(String[] args) throws IOException {
            AtomicFile file = new AtomicFile(Path.of(args[0]));
            for (long version = Long.parseLong(args[1]); ; version++) {
                file.write(StateJson.write(version(version)));
                if (version == Long.parseLong(args[1])) {
                    System.out.println("writing");
                }
            }
        }
    }

    /** A file whose every line tells its version. */
    private static SavedState version(long version) {
        List<String> addresses = Collections.nCopies(ADDRESSES, "server-" + version + ":6443");
        return new SavedState(
                "https://server-" + version,
                addresses,
                true,
                addresses,
                List.of(),
                List.of(),
                Map.of(),
                version,
                Unknown.NOTHING);
    }

    @TempDir
    private Path folder;

    @RepeatedTest(5)
    void leavesTheOldOrTheNewFileWheneverItIsKilled(RepetitionInfo repetition) throws Exception {
        Path path = folder.resolve("state.json");
        AtomicFile file = new AtomicFile(path);
        long first = 1_000L * repetition.getCurrentRepetition();
        Process writer = startWriter(path, first);
        try {
            assertThat(writer.inputReader(UTF_8).readLine()).isEqualTo("writing");

            long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(100 + new Random().nextInt(50));
            while (System.nanoTime() < end) {
                assertIsWholeVersion(file, first);
            }
            writer.destroyForcibly().waitFor();

            assertIsWholeVersion(file, first);
            file.deleteLeftovers();
            try (Stream<Path> files = Files.list(folder)) {
                assertThat(files).containsExactly(path);
            }
        } finally {
            writer.destroyForcibly();
        }
    }

    private static void assertIsWholeVersion(AtomicFile file, long first) throws Exception {
        SavedState found = StateJson.read(file.read(StateJson.MAX_BYTES));
        assertThat(found.version()).isGreaterThanOrEqualTo(first);
        assertThat(found).isEqualTo(version(found.version()));
    }

    private static Process startWriter(Path path, long version) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Xmx64m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Writer.class.getName(),
                        path.toString(),
                        Long.toString(version))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }
}
