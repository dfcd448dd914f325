package io.apiserverlb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code release/dependencies} says of the finished jar, and of an OSV database. */
@Tag("bill-of-materials")
class SbomIT {
    private static final Path SCRIPT = Path.of("release/dependencies");

    @TempDir
    Path folder;

    private record Result(int exitCode, String output) {}

    @BeforeAll
    static void needsPython() {
        boolean python = List.of(System.getenv("PATH").split(":", -1)).stream()
                .anyMatch(path -> Files.isExecutable(Path.of(path, "python3")));
        assumeTrue(python, "python3 is missing");
    }

    private Result dependencies(String... options) throws Exception {
        List<String> command =
                new ArrayList<>(List.of("python3", SCRIPT.toString(), "--jar", System.getProperty("apiserver-lb.jar")));
        command.addAll(List.of(options));
        Path output = folder.resolve("output");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
        return new Result(process.exitValue(), Files.readString(output));
    }

    /** Each with the hash of the very file, and a licence that is allowed; and docs/dependencies.md says the same. */
    @Test
    void listsEveryJarThatIsShipped() throws Exception {
        assertThat(dependencies("--check")).isEqualTo(new Result(0, ""));
    }

    private void record(String id, String ecosystem, String name, String events) throws IOException {
        Files.createDirectories(folder.resolve("osv/" + ecosystem));
        Files.writeString(
                folder.resolve("osv/" + ecosystem + "/" + id + ".json"), """
                {"id": "%s", "summary": "made up", "affected": [{"package": {"ecosystem": "%s", "name": "%s"},
                 "ranges": [{"type": "ECOSYSTEM", "events": [%s]}]}]}
                """.formatted(id, ecosystem, name, events));
    }

    private static String event(String kind, String version) {
        return "{\"%s\": \"%s\"}".formatted(kind, version);
    }

    @Test
    void findsWhatAffectsAShippedVersionInMavensOrder() throws Exception {
        String netty = "io.netty:netty-handler";
        String all = event("introduced", "0");
        // The version shipped is 4.2.x.Final: above 4.2.0.RC1, and above 4.2.9 in numbers though not in letters.
        record("HIT-1", "Maven", netty, all);
        record("HIT-2", "Maven", netty, event("fixed", "4.2.1000.Final") + "," + event("introduced", "4.2.0.RC1"));
        record("HIT-3", "npm", "uplot", all);
        record("MISS-1", "Maven", netty, all + "," + event("fixed", "4.2.9.Final"));
        record("MISS-2", "Maven", netty, all + "," + event("last_affected", "4.2.9.Final"));
        record("MISS-3", "Maven", netty, event("introduced", "4.2.1000.Final"));
        record("MISS-4", "PyPI", netty, all);
        record("MISS-5", "Maven", "io.netty:netty-of-somebody-else", all);

        Result result = dependencies("--osv", folder.resolve("osv").toString());

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.output())
                .contains("HIT-1", "HIT-2", "HIT-3", "3 matches")
                .doesNotContain("MISS");
    }

    @Test
    void isContentWhereNothingIsKnownButNotWithoutADatabase() throws Exception {
        record("MISS-1", "Maven", "org.example:other", event("introduced", "0"));
        assertThat(dependencies("--osv", folder.resolve("osv").toString()).exitCode())
                .isZero();

        Path empty = Files.createDirectories(folder.resolve("empty"));
        Result result = dependencies("--osv", empty.toString());
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.output()).contains("no OSV database");
    }
}
