package io.apiserverlb;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** A program that users have, run as they run it. */
final class Client {
    private static final int SECONDS = 30;

    private Client() {}

    /**
     * What came of it.
     *
     * @param output both of its streams
     */
    record Result(int exitCode, String output) {}

    /** Skips the test, and says why, where the program is not installed. */
    static void require(String program) {
        boolean installed = List.of(System.getenv("PATH").split(":")).stream()
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
        Assumptions.assumeTrue(installed, program + " is not installed: this test is skipped");
    }

    static Result run(Path folder, Map<String, String> environment, String... command) throws Exception {
        Path output = Files.createTempFile(folder, command[0], ".out");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException(List.of(command) + " does not end: " + Files.readString(output));
        }
        return new Result(process.exitValue(), Files.readString(output));
    }
}
