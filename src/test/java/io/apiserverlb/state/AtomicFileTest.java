package io.apiserverlb.state;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardWatchEventKinds.ENTRY_CREATE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_DELETE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_MODIFY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
    @TempDir
    private Path folder;

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    private List<String> namesIn(Path where) throws IOException {
        try (Stream<Path> files = Files.list(where)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private static void makePipe(Path path) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("mkfifo", path.toString()).start().waitFor())
                .isZero();
    }

    @Test
    void writesAFileForItsOwnerAloneAndLeavesNothingElse() throws IOException {
        Path path = folder.resolve("state.json");

        new AtomicFile(path).write(bytes("new"));

        assertThat(path).hasContent("new");
        assertThat(mode(path)).isEqualTo("rw-------");
        assertThat(namesIn(folder)).containsExactly("state.json");
    }

    @Test
    void replacesAFileThatOthersCouldReadByOneThatTheyCannot() throws IOException {
        Path path = Files.writeString(folder.resolve("state.json"), "old");
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-r--r--"));

        new AtomicFile(path).write(bytes("new"));

        assertThat(path).hasContent("new");
        assertThat(mode(path)).isEqualTo("rw-------");
    }

    @Test
    void replacesTheOldFileInOneStep() throws Exception {
        Path path = Files.writeString(folder.resolve("state.json"), "old");
        try (WatchService changes = folder.getFileSystem().newWatchService()) {
            folder.register(changes, ENTRY_CREATE, ENTRY_MODIFY, ENTRY_DELETE);

            new AtomicFile(path).write(bytes("new"));

            Files.createFile(folder.resolve("last"));
            assertThat(changesUntil("last", changes))
                    .filteredOn(change -> change.endsWith(" state.json"))
                    .containsExactly("ENTRY_CREATE state.json");
        }
    }

    private static List<String> changesUntil(String last, WatchService changes) throws InterruptedException {
        List<String> seen = new ArrayList<>();
        while (!seen.contains("ENTRY_CREATE " + last)) {
            WatchKey key = changes.poll(10, TimeUnit.SECONDS);
            assertThat(key).isNotNull();
            key.pollEvents().forEach(event -> seen.add(event.kind() + " " + event.context()));
            key.reset();
        }
        return seen;
    }

    @Test
    void createsMissingFoldersForTheOwnerAlone() throws IOException {
        Path path = folder.resolve("a/b/state.json");

        new AtomicFile(path).write(bytes("new"));

        assertThat(path).hasContent("new");
        assertThat(mode(folder.resolve("a"))).isEqualTo("rwx------");
        assertThat(mode(folder.resolve("a/b"))).isEqualTo("rwx------");
    }

    @Test
    void writesIntoAFolderThatIsALink() throws IOException {
        Path real = Files.createDirectory(folder.resolve("real"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), real);

        new AtomicFile(link.resolve("state.json")).write(bytes("new"));

        assertThat(real.resolve("state.json")).hasContent("new");
    }

    @Test
    void replacesTheTargetOfALinkAndKeepsTheLink() throws IOException {
        Path real = Files.createDirectory(folder.resolve("real"));
        Files.writeString(real.resolve("target.json"), "old");
        Path link = Files.createSymbolicLink(folder.resolve("state.json"), Path.of("real/target.json"));
        AtomicFile file = new AtomicFile(link);

        file.keep();
        file.write(bytes("new"));

        assertThat(file.read(100)).isEqualTo(bytes("new"));
        assertThat(link).isSymbolicLink();
        assertThat(namesIn(folder)).containsExactly("real", "state.json");
        assertThat(namesIn(real)).containsExactly("target.json", "target.json.bak");
        assertThat(real.resolve("target.json")).hasContent("new");
        assertThat(real.resolve("target.json.bak")).hasContent("old");
    }

    @Test
    void createsTheTargetOfADanglingLink() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("state.json"), folder.resolve("later/target.json"));
        AtomicFile file = new AtomicFile(link);

        assertThatThrownBy(() -> file.read(100)).isInstanceOf(NoSuchFileException.class);
        file.write(bytes("new"));

        assertThat(folder.resolve("later/target.json")).hasContent("new");
        assertThat(link).isSymbolicLink();
    }

    @Test
    void refusesLinksThatGoInACircle() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("state.json"), Path.of("state.json"));
        AtomicFile file = new AtomicFile(link);

        assertThatThrownBy(() -> file.read(100)).isInstanceOf(FileSystemException.class);
        assertThatThrownBy(() -> file.write(bytes("new"))).isInstanceOf(FileSystemException.class);
        assertThat(link).isSymbolicLink();
    }

    @Test
    void neitherReadsNorReplacesAPipe() throws IOException, InterruptedException {
        Path path = folder.resolve("state.json");
        makePipe(path);
        AtomicFile file = new AtomicFile(path);

        assertThatThrownBy(() -> file.read(100)).hasMessageContaining("is not a regular file");
        assertThatThrownBy(() -> file.write(bytes("new"))).hasMessageContaining("is not a regular file");
        assertThat(Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)).isFalse();
        assertThat(namesIn(folder)).containsExactly("state.json");
    }

    @Test
    void failsWhereAFolderIsInThePlaceOfTheFile() throws IOException {
        Path path = Files.createDirectory(folder.resolve("state.json"));
        AtomicFile file = new AtomicFile(path);

        assertThatThrownBy(() -> file.read(100)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> file.write(bytes("new"))).isInstanceOf(IOException.class);
        assertThat(namesIn(folder)).containsExactly("state.json");
    }

    @Test
    void failsWhereAFileIsInThePlaceOfTheFolder() throws IOException {
        Path path = Files.writeString(folder.resolve("file"), "").resolve("state.json");
        AtomicFile file = new AtomicFile(path);

        assertThatThrownBy(() -> file.read(100)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> file.write(bytes("new"))).isInstanceOf(IOException.class);
    }

    @Test
    void readsOneByteBeyondTheLimitAtMost() throws IOException {
        Path path = Files.writeString(folder.resolve("state.json"), "123456");

        assertThat(new AtomicFile(path).read(3)).isEqualTo(bytes("1234"));
    }

    @Test
    void keepsTheOldContentUnderAnotherNameInPlaceOfAnOlderOne() throws IOException {
        Path path = Files.writeString(folder.resolve("state.json"), "old");
        Path kept = Files.writeString(folder.resolve("state.json.bak"), "older");

        new AtomicFile(path).keep();

        assertThat(path).hasContent("old");
        assertThat(kept).hasContent("old");
        assertThat(mode(kept)).isEqualTo("rw-------");
    }

    @Test
    void hasNothingToKeepWhereThereIsNoFile() throws IOException {
        new AtomicFile(folder.resolve("state.json")).keep();

        assertThat(namesIn(folder)).isEmpty();
    }

    @Test
    void deletesOnlyWhatItsOwnWritingLeftBehind() throws IOException {
        List<String> others = List.of(
                ".other.json.123.tmp",
                ".state.json.12x.tmp",
                ".state.json.tmp",
                ".stateXjson.1.tmp",
                "state.json.1.tmp");
        for (String name : others) {
            Files.writeString(folder.resolve(name), "");
        }
        Files.writeString(folder.resolve(".state.json.1234567890.tmp"), "");
        Files.writeString(folder.resolve(".state.json.bak.7.tmp"), "");

        new AtomicFile(folder.resolve("state.json")).deleteLeftovers();

        assertThat(namesIn(folder)).containsExactlyInAnyOrderElementsOf(others);
    }

    @Test
    void hasNothingToDeleteWhereThereIsNoFolder() {
        new AtomicFile(folder.resolve("a/state.json")).deleteLeftovers();

        assertThat(folder.resolve("a")).doesNotExist();
    }
}
