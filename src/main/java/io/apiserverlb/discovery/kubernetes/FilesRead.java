package io.apiserverlb.discovery.kubernetes;

import io.apiserverlb.tls.TextFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** The files that one value was made of, and whether one of them has changed since. For use by one thread at a time. */
final class FilesRead {
    private final Map<Path, TextFile.Stamp> stamps = new LinkedHashMap<>();

    /** Whether there is such a file; that it comes or goes is a change. */
    boolean exists(Path file) {
        stamp(file);
        return Files.exists(file);
    }

    String text(Path file) throws CredentialsException {
        stamp(file);
        try {
            return new TextFile(file).read();
        } catch (TextFile.UnreadableException e) {
            throw new CredentialsException(file + " " + e.getMessage());
        }
    }

    boolean changed() {
        return stamps.entrySet().stream()
                .anyMatch(read -> !new TextFile(read.getKey()).stamp().equals(read.getValue()));
    }

    private void stamp(Path file) {
        stamps.putIfAbsent(file, new TextFile(file).stamp());
    }
}
