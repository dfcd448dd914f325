package io.apiserverlb.state;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A small file that is replaced whole: whoever reads it finds the old content or the new, also after this process was killed.
 *
 * <p>A symbolic link stays one: its target is replaced, and everything else stands beside the target. Only a regular file is ever read or
 * replaced, never a device or a pipe.
 */
final class AtomicFile {
    private static final String TEMPORARY = ".tmp";
    private static final String KEPT = ".bak";
    private static final int MAX_LINKS = 40;
    private static final Set<StandardOpenOption> NEW = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    private static final SecureRandom NUMBERS = new SecureRandom();
    private static final FileAttribute<Set<PosixFilePermission>> OWNERS_FILE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final FileAttribute<Set<PosixFilePermission>> OWNERS_FOLDER =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private final Path path;

    AtomicFile(Path path) {
        this.path = path.toAbsolutePath();
    }

    /** The name as configured, absolute. */
    Path path() {
        return path;
    }

    /**
     * The content, of which one byte more than the limit at most.
     *
     * @throws NoSuchFileException if there is no file
     */
    byte[] read(int limit) throws IOException {
        try (InputStream content = open(target())) {
            return content.readNBytes(limit + 1);
        }
    }

    /** Makes this the content; where that fails, the old content stays. */
    void write(byte[] content) throws IOException {
        replace(target(), new ByteArrayInputStream(content));
    }

    /** Copies the content, if there is any, to the same name with {@code .bak}. */
    void keep() throws IOException {
        Path target = target();
        try (InputStream content = open(target)) {
            replace(beside(target, target.getFileName() + KEPT), content);
        } catch (NoSuchFileException e) {
            // Then there is nothing to keep.
        }
    }

    /** Renames the file, and tells how it is called now. */
    Path moveAway(String suffix) throws IOException {
        Path target = target();
        return Files.move(target, beside(target, target.getFileName() + suffix), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Deletes what processes that were killed while writing left behind, as far as that can be done. */
    void deleteLeftovers() {
        try {
            Path target = target();
            Pattern ours = Pattern.compile(Pattern.quote(
                            hidden(target.getFileName().toString())) + "(bak\\.)?\\d+" + Pattern.quote(TEMPORARY));
            try (DirectoryStream<Path> leftovers = Files.newDirectoryStream(
                    beside(target, ""),
                    file -> ours.matcher(file.getFileName().toString()).matches())) {
                for (Path leftover : leftovers) {
                    Files.deleteIfExists(leftover);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            // They are in nobody's way, and the next start tries again.
        }
    }

    /** Where the content is, or would be: the path, or what it links to. */
    private Path target() throws IOException {
        Path target = path;
        for (int links = 0; Files.isSymbolicLink(target); links++) {
            if (links == MAX_LINKS) {
                throw new FileSystemLoopException(path.toString());
            }
            target = target.resolveSibling(Files.readSymbolicLink(target));
        }
        return target;
    }

    private static Path beside(Path file, String name) {
        return file.resolveSibling(name);
    }

    private static String hidden(String name) {
        return "." + name + ".";
    }

    private static InputStream open(Path file) throws IOException {
        requireRegular(file);
        return Files.newInputStream(file);
    }

    private static void requireRegular(Path file) throws IOException {
        if (!Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .isRegularFile()) {
            throw new FileSystemException(file.toString(), null, "is not a regular file");
        }
    }

    private static void replace(Path target, InputStream content) throws IOException {
        try {
            requireRegular(target);
        } catch (NoSuchFileException e) {
            // The first write.
        }
        Path folder = beside(target, "");
        // Before Java 19 a link to a folder counts as a file that is in the way (JDK-8294193).
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(folder, OWNERS_FOLDER);
        }
        Path temporary = beside(
                target,
                hidden(target.getFileName().toString()) + Long.toUnsignedString(NUMBERS.nextLong()) + TEMPORARY);
        try {
            // Not by createTempFile, which opens and closes it once more, and leaves it where the closing fails.
            try (FileChannel file = FileChannel.open(temporary, NEW, OWNERS_FILE)) {
                content.transferTo(Channels.newOutputStream(file));
                file.force(true);
            }
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
        }
        try (FileChannel entries = FileChannel.open(folder, StandardOpenOption.READ)) {
            entries.force(true);
        }
    }
}
