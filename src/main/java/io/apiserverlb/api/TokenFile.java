package io.apiserverlb.api;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;

/**
 * The bearer tokens of changing calls (RFC 6750), a line each: while they are rotated, the old one and the new one.
 *
 * <p>The file is read for each call, so that a new token holds at once, and an old one no longer.
 */
public record TokenFile(Path path) {
    private static final int MAX_BYTES = 64 * 1024;

    /**
     * Whether this is one of them; takes as long whether it is or not.
     *
     * @param token as in a header, which the servlet API decodes as ISO 8859-1
     * @throws UnusableFileException if the file cannot be read, or has none
     */
    boolean has(String token) throws UnusableFileException {
        List<String> tokens = tokens();
        byte[] shown = digest(token);
        boolean found = false;
        for (String each : tokens) {
            found |= MessageDigest.isEqual(shown, digest(each));
        }
        return found;
    }

    /**
     * Makes sure that there is a token that could be shown.
     *
     * @throws UnusableFileException if the file cannot be read, or has none
     */
    public void verify() throws UnusableFileException {
        var unused = tokens();
    }

    /** There is nothing to compare a token with; the message is for the caller. */
    public static final class UnusableFileException extends Exception {
        private static final long serialVersionUID = 1;

        UnusableFileException(String message) {
            super(message);
        }
    }

    /** Of one length, whatever the secret's. */
    static byte[] digest(String secret) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.ISO_8859_1));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private List<String> tokens() throws UnusableFileException {
        List<String> tokens = read();
        if (tokens.isEmpty()) {
            throw new UnusableFileException("the token file is empty, so no token is accepted");
        }
        return tokens;
    }

    private List<String> read() throws UnusableFileException {
        try (InputStream in = Files.newInputStream(path)) {
            byte[] content = in.readNBytes(MAX_BYTES + 1);
            if (content.length > MAX_BYTES) { // a part of a token is none
                throw new UnusableFileException("the token file is larger than 64 KiB, so no token is accepted");
            }
            return new String(content, StandardCharsets.ISO_8859_1)
                    .lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty())
                    .toList();
        } catch (IOException e) {
            throw new UnusableFileException("the token file cannot be read, so no token is accepted");
        }
    }
}
