package io.apiserverlb.tls;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import org.jspecify.annotations.Nullable;

/** A small file of UTF-8 text, such as keys and tokens are kept in. */
public record TextFile(Path path) {
    private static final int MAX_BYTES = 1 << 20;

    /** It cannot be read; the message reads on after the name of the file. */
    public static final class UnreadableException extends Exception {
        private static final long serialVersionUID = 1;

        private UnreadableException(String problem) {
            super(problem);
        }
    }

    /** What changes with a file's content. The key (the inode) tells a file swapped by rename or by a symbolic link. */
    public record Stamp(
            @Nullable FileTime modified,
            long size,
            @Nullable Object key) {
        private static final Stamp NONE = new Stamp(null, -1, null);
    }

    /** To be taken before the file is read: a change in between is then seen the next time. */
    public Stamp stamp() {
        try {
            BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
            return new Stamp(now.lastModifiedTime(), now.size(), now.fileKey());
        } catch (IOException e) {
            return Stamp.NONE;
        }
    }

    /**
     * Reads it; at most 1 MiB.
     *
     * @throws UnreadableException in words that hold nothing of the content
     */
    public String read() throws UnreadableException {
        try {
            // A pipe or a device could keep us waiting for ever.
            if (!Files.readAttributes(path, BasicFileAttributes.class).isRegularFile()) {
                throw new UnreadableException("is not a regular file");
            }
            try (InputStream in = Files.newInputStream(path)) {
                byte[] bytes = in.readNBytes(MAX_BYTES + 1);
                if (bytes.length > MAX_BYTES) {
                    throw new UnreadableException("is larger than 1 MiB");
                }
                return new String(bytes, StandardCharsets.UTF_8);
            }
        } catch (IOException e) {
            throw new UnreadableException(problem(e));
        }
    }

    private static String problem(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "does not exist";
        }
        if (e instanceof AccessDeniedException) {
            return "cannot be read: permission denied";
        }
        String reason = e instanceof FileSystemException cause ? cause.getReason() : e.getMessage();
        return reason == null ? "cannot be read" : "cannot be read: " + reason;
    }
}
