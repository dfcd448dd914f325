package io.apiserverlb.discovery.kubernetes;

import io.fabric8.kubernetes.api.model.ExecConfig;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Asks a program for credentials, as the API {@code client.authentication.k8s.io} has it. */
final class ExecPlugin {
    static final Duration LIMIT = Duration.ofSeconds(30);

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int MAX_BYTES = 1 << 20;

    private ExecPlugin() {}

    /**
     * Waits for the program's answer.
     *
     * @param kubeconfig what a relative path to the program is relative to
     * @param limit after which the program is killed
     */
    static UserParts ask(ExecConfig exec, Path kubeconfig, Duration limit) throws CredentialsException {
        String place = "the program " + exec.getCommand() + " that " + kubeconfig + " names";
        try {
            Process process = start(exec, kubeconfig);
            try {
                if (!process.waitFor(limit.toNanos(), TimeUnit.NANOSECONDS)) {
                    throw new CredentialsException(place + " did not end within " + limit.toSeconds() + " s");
                }
                if (process.exitValue() != 0) {
                    throw new CredentialsException(place + " failed with exit code " + process.exitValue());
                }
                return parts(place, String.valueOf(exec.getApiVersion()), output(process));
            } finally {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
        } catch (IOException e) {
            throw new CredentialsException(place + " cannot be run");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CredentialsException(place + " was interrupted");
        }
    }

    private static Process start(ExecConfig exec, Path kubeconfig) throws IOException {
        String command = exec.getCommand();
        List<String> words = new ArrayList<>();
        words.add(
                command.contains("/")
                        ? kubeconfig.toAbsolutePath().resolveSibling(command).toString()
                        : command);
        words.addAll(Optional.ofNullable(exec.getArgs()).orElse(List.of()));
        ProcessBuilder builder = new ProcessBuilder(words)
                .redirectInput(new File("/dev/null"))
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        Map<String, String> environment = builder.environment();
        Optional.ofNullable(exec.getEnv())
                .orElse(List.of())
                .forEach(variable -> environment.put(variable.getName(), variable.getValue()));
        environment.put(
                "KUBERNETES_EXEC_INFO",
                JSON.writeValueAsString(Map.of(
                        "kind",
                        "ExecCredential",
                        "apiVersion",
                        String.valueOf(exec.getApiVersion()),
                        "spec",
                        Map.of("interactive", false))));
        return builder.start();
    }

    /** What fits into the pipe of a program that has ended: credentials do. */
    private static String output(Process process) throws IOException {
        return new String(process.getInputStream().readNBytes(MAX_BYTES), StandardCharsets.UTF_8);
    }

    static UserParts parts(String place, String apiVersion, String answer) throws CredentialsException {
        try {
            JsonNode json = JSON.readTree(answer);
            if (!apiVersion.equals(json.path("apiVersion").asString(""))) {
                throw new CredentialsException(place + " does not answer with " + apiVersion);
            }
            JsonNode status = json.path("status");
            Part token = part(place, status.path("token"));
            Part certificate = part(place, status.path("clientCertificateData"));
            Part key = part(place, status.path("clientKeyData"));
            if ((certificate == null) != (key == null) || (token == null && certificate == null)) {
                throw new CredentialsException(place + " gives neither a token nor a client certificate with its key");
            }
            String expiry = status.path("expirationTimestamp").asString("");
            return new UserParts(token, certificate, key, expiry.isEmpty() ? null : Instant.parse(expiry));
        } catch (JacksonException | DateTimeParseException e) {
            throw new CredentialsException(place + " gives an answer that cannot be read");
        }
    }

    private static @Nullable Part part(String place, JsonNode value) {
        String text = value.asString("");
        return text.isEmpty() ? null : new Part("what " + place + " gives", text);
    }
}
