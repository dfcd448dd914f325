package io.apiserverlb.discovery.k3s;

import io.apiserverlb.tls.TextFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What lets a node join a k3s or RKE2 cluster: a password or a bootstrap token and, in the long form, the hash of the cluster's CA.
 * Immutable; prints no secrets.
 */
public final class K3sToken {
    private static final String LONG_FORM = "K10";
    private static final String SEPARATOR = "::";
    private static final int HASH_LENGTH = 64;
    private static final Pattern HASH = Pattern.compile("[0-9a-fA-F]{" + HASH_LENGTH + "}");
    private static final Pattern BOOTSTRAP_TOKEN = Pattern.compile("[a-z0-9]{6}\\.[a-z0-9]{16}");
    /** Whatever user the token names: this one may ask for the servers with any of the cluster's passwords. */
    private static final String USER = "node";

    private static final int MAX_LENGTH = 4_096;
    /** What stands in the place of bytes that are not UTF-8. */
    private static final char NOT_UTF_8 = '\ufffd';

    private final @Nullable String caHash;
    private final String authorization;

    private K3sToken(@Nullable String caHash, String authorization) {
        this.caHash = caHash;
        this.authorization = authorization;
    }

    /**
     * Reads {@code K10<hash>::user:password}, {@code K10<hash>::<id>.<secret>}, a password or a bootstrap token; blanks around it do not
     * matter.
     *
     * @throws K3sTokenException if the file cannot be read or holds no such thing
     */
    public static K3sToken read(Path file) {
        try {
            return parse(new TextFile(file).read().strip());
        } catch (TextFile.UnreadableException | IllegalArgumentException e) {
            throw new K3sTokenException((file + " " + e.getMessage()).replaceAll("\\p{IsControl}", "?"));
        }
    }

    /** Messages read on after the name of the file. */
    static K3sToken parse(String text) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("is empty: token must not be empty");
        }
        if (text.length() > MAX_LENGTH) {
            throw new IllegalArgumentException("is too large for a token");
        }
        if (text.indexOf(NOT_UTF_8) >= 0) {
            throw new IllegalArgumentException("holds something that is not UTF-8");
        }
        if (text.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("holds more than one line: invalid token format");
        }
        if (!text.startsWith(LONG_FORM)) {
            return new K3sToken(null, isBootstrapToken(text) ? bearer(text) : basic(text));
        }
        String rest = text.substring(LONG_FORM.length());
        int separator = rest.indexOf(SEPARATOR);
        String hash = rest.substring(0, Math.max(0, separator));
        String credential = separator < 0 ? rest : rest.substring(separator + SEPARATOR.length());
        return new K3sToken(hash.isEmpty() ? null : normalHash(hash), authorization(credential));
    }

    private static String normalHash(String hash) {
        if (hash.length() != HASH_LENGTH) {
            throw new IllegalArgumentException("holds a bad token: invalid token CA hash length");
        }
        if (!HASH.matcher(hash).matches()) {
            throw new IllegalArgumentException("holds a bad token: invalid token CA hash");
        }
        return hash.toLowerCase(Locale.ROOT);
    }

    private static String authorization(String credential) {
        if (isBootstrapToken(credential)) {
            return bearer(credential);
        }
        int colon = credential.indexOf(':');
        if (colon < 0 || colon == credential.length() - 1) {
            throw new IllegalArgumentException("holds a bad token: invalid token format");
        }
        return basic(credential.substring(colon + 1));
    }

    private static boolean isBootstrapToken(String credential) {
        return BOOTSTRAP_TOKEN.matcher(credential).matches();
    }

    private static String bearer(String token) {
        return "Bearer " + token;
    }

    private static String basic(String password) {
        byte[] credential = (USER + ":" + password).getBytes(StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(credential);
    }

    /** SHA-256 in lower-case hexadecimal digits. */
    Optional<String> caHash() {
        return Optional.ofNullable(caHash);
    }

    /** What the HTTP header {@code Authorization} has to say. */
    String authorization() {
        return authorization;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof K3sToken that
                && caHash().equals(that.caHash())
                && authorization.equals(that.authorization);
    }

    @Override
    public int hashCode() {
        return authorization.hashCode();
    }

    @Override
    public String toString() {
        return "K3sToken[CA hash " + caHash().orElse("none") + ", credential (hidden)]";
    }
}
