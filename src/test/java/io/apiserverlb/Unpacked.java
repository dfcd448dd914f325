package io.apiserverlb;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The finished jar unpacked, as the image has it, with an archive of the classes that a start loads: so it takes a third of the processor
 * time, of which the tests' starts would otherwise be the larger part. Does not change.
 */
final class Unpacked {
    private static final long LONGEST_SECONDS = 120;

    private final Path jar;
    private final Path archive;

    private Unpacked(Path folder, Path jar) {
        this.jar = folder.resolve(jar.getFileName());
        this.archive = folder.resolve("classes.jsa");
    }

    /**
     * Unpacks a jar beside it.
     *
     * @param options of the JVM, which have to be those of a process that is to use the archive
     */
    static Unpacked of(Path jar, List<String> options) throws IOException {
        Path folder = Files.createDirectories(jar.resolveSibling("unpacked"));
        Unpacked unpacked = new Unpacked(folder, jar);
        run(
                folder,
                "-Djarmode=tools",
                "-jar",
                jar.toString(),
                "extract",
                "--force",
                "--destination",
                folder.toString());
        List<String> training = new ArrayList<>(options);
        training.addAll(List.of(
                "-XX:ArchiveClassesAtExit=" + unpacked.archive,
                "-Dspring.context.exit=onRefresh",
                "-Duser.home=" + folder,
                "-jar",
                unpacked.jar.toString(),
                "--lb.listen=127.0.0.1:0",
                "--server.port=0"));
        run(folder, training.toArray(String[]::new));
        return unpacked;
    }

    /** What the JVM has to be told. */
    List<String> command() {
        return List.of("-XX:SharedArchiveFile=" + archive, "-jar", jar.toString());
    }

    private static void run(Path folder, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(Service.java()));
        command.addAll(List.of(arguments));
        Path log = folder.resolve("log");
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            if (!process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IOException(command + " does not end as it should: " + Files.readString(log));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        } finally {
            process.destroyForcibly();
        }
    }
}
