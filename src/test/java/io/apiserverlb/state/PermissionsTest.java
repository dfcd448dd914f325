package io.apiserverlb.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.apiserverlb.state.TracedWriter.Operation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A process to which permissions count: without the capabilities of root that pass over them, if it is root. */
@Timeout(60)
class PermissionsTest {
    private static final Path SETPRIV = Path.of("/usr/bin/setpriv");
    private static final String DENIED = "permission denied";

    @TempDir
    private Path temporary;

    private Path folder;
    private Path path;
    private TracedWriter writer;

    @BeforeEach
    void start() throws IOException {
        Assumptions.assumeTrue(Files.isExecutable(SETPRIV), "there is no setpriv here");
        folder = Files.createDirectory(temporary.resolve("folder"));
        path = folder.resolve("state.json");
        writer = TracedWriter.start(
                List.of(SETPRIV.toString(), "--bounding-set=-dac_override,-dac_read_search"), path, temporary);
        assertThat(writer.run(Operation.WRITE, "old")).isEqualTo(TracedWriter.OK);
    }

    @AfterEach
    void close() throws IOException {
        if (writer != null) {
            allow("rwx------");
            writer.close();
        }
    }

    private void allow(String permissions) throws IOException {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString(permissions));
    }

    @ParameterizedTest
    @ValueSource(strings = {"r-x------", "---------"})
    void aFolderThatMayNotBeWrittenToKeepsTheOldFileUntilItMay(String permissions) throws IOException {
        allow(permissions);

        assertThat(writer.run(Operation.WRITE, "new")).endsWith(DENIED).startsWith(folder.toString());
        allow("rwx------");
        assertThat(path).hasContent("old");
        assertThat(writer.run(Operation.WRITE, "newer")).isEqualTo(TracedWriter.OK);

        assertThat(path).hasContent("newer");
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(path);
        }
    }

    @Test
    void aFileThatMayNotBeReadIsReplacedButNotKept() throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("---------"));

        assertThat(writer.run(Operation.KEEP, "")).isEqualTo(path + ": " + DENIED);
        assertThat(writer.run(Operation.WRITE, "new")).isEqualTo(TracedWriter.OK);

        assertThat(path).hasContent("new");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                .isEqualTo("rw-------");
    }

    @Test
    void aFileOfAnotherUserIsReplacedByOneOfItsOwn() throws IOException {
        int nobody = 65_534;
        int own = (int) Files.getAttribute(path, "unix:uid");
        Assumptions.assumeTrue(own == 0, "only root may give files away");
        Files.setAttribute(path, "unix:uid", nobody);

        assertThat(writer.run(Operation.WRITE, "new")).isEqualTo(TracedWriter.OK);

        assertThat(path).hasContent("new");
        assertThat(Files.getAttribute(path, "unix:uid")).isEqualTo(own);
    }
}
