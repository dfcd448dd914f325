package io.apiserverlb.discovery.kubernetes;

import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Writes a kubeconfig of one context. */
final class KubeconfigFile {
    private final Path path;
    private final Map<String, String> cluster = new LinkedHashMap<>(Map.of("server", "https://10.0.0.1:6443"));
    private final Map<String, String> user = new LinkedHashMap<>();

    KubeconfigFile(Path path) {
        this.path = path;
    }

    KubeconfigFile ca(String pem) {
        return cluster("certificate-authority-data", base64(pem));
    }

    KubeconfigFile token(@Nullable String token) {
        return user("token", token);
    }

    KubeconfigFile client(X509Bundle client) {
        return user("client-certificate-data", base64(client.getCertificatePathPEM()))
                .user("client-key-data", base64(client.getPrivateKeyPEM()));
    }

    /** With null there is no such field. */
    KubeconfigFile cluster(String field, @Nullable String value) {
        return set(cluster, field, value);
    }

    KubeconfigFile user(String field, @Nullable String value) {
        return set(user, field, value);
    }

    private KubeconfigFile set(Map<String, String> fields, String field, @Nullable String value) {
        if (value == null) {
            fields.remove(field);
        } else {
            fields.put(field, value);
        }
        return this;
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    Path write() {
        return write(path, text("test"));
    }

    /** All at once, as those who write such files should. */
    static Path write(Path path, String text) {
        try {
            Files.createDirectories(path.getParent());
            Path next = Files.writeString(path.resolveSibling(path.getFileName() + ".next"), text);
            return Files.move(next, path, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String text(String name) {
        return """
                apiVersion: v1
                kind: Config
                current-context: %1$s
                contexts:
                - name: %1$s
                  context: {cluster: %1$s, user: %1$s}
                clusters:
                - name: %1$s
                  cluster: {%2$s}
                users:
                - name: %1$s
                  user: {%3$s}
                """.formatted(name, fields(cluster), fields(user));
    }

    private static String fields(Map<String, String> fields) {
        return fields.entrySet().stream()
                .map(field -> field.getKey() + ": " + field.getValue())
                .collect(Collectors.joining(", "));
    }
}
