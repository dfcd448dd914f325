package io.apiserverlb.api;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The bearer token of changing calls (RFC 6750); its file is read for each of them, so that a new token holds at once. */
final class TokenFile {
    private static final Pattern BEARER = Pattern.compile("bearer +(\\S+) *", Pattern.CASE_INSENSITIVE);
    private static final int MAX_BYTES = 64 * 1024;

    private final Path path;

    TokenFile(Path path) {
        this.path = path;
    }

    /** Why these credentials do not do; null if they do. */
    @Nullable
    String refusal(@Nullable String authorization) {
        Matcher bearer = BEARER.matcher(authorization == null ? "" : authorization);
        if (!bearer.matches()) {
            return "this needs the bearer token";
        }
        byte[] expected;
        try {
            expected = read();
        } catch (IOException e) {
            return "the token file cannot be read, so no token is accepted";
        }
        if (expected.length == 0) {
            return "the token file is empty, so no token is accepted";
        }
        byte[] shown = bearer.group(1).getBytes(StandardCharsets.ISO_8859_1);
        return MessageDigest.isEqual(shown, expected) ? null : "the bearer token is wrong";
    }

    /** The bytes as they are in a header, which the servlet API decodes as ISO 8859-1. */
    private byte[] read() throws IOException {
        try (InputStream in = Files.newInputStream(path)) {
            return new String(in.readNBytes(MAX_BYTES), StandardCharsets.ISO_8859_1)
                    .strip()
                    .getBytes(StandardCharsets.ISO_8859_1);
        }
    }
}
