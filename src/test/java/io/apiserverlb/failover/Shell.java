package io.apiserverlb.failover;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Programs of the system that make faults. */
final class Shell {
    private Shell() {}

    /**
     * Runs a program to its end.
     *
     * @return its output
     * @throws IOException with its output if it fails
     */
    static String run(String... command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        int code = process.onExit().join().exitValue();
        if (code != 0) {
            throw new IOException(List.of(command) + ": " + output);
        }
        return output;
    }

    static boolean has(String program) {
        return List.of(System.getenv("PATH").split(":", -1)).stream()
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }
}
