package io.apiserverlb.api;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * A kubeconfig without credentials that leads to the balancer.
 *
 * @param name of cluster, context and user, which is there to be given credentials
 * @param server host and port
 * @param authorities certificates in PEM form, or null if none are known
 * @param serverName the name to verify servers by instead of the host, or null
 */
record Kubeconfig(
        String name,
        String server,
        @Nullable String authorities,
        @Nullable String serverName) {

    String yaml() {
        return """
                apiVersion: v1
                kind: Config
                clusters:
                - name: %1$s
                  cluster:
                    server: https://%2$s
                %3$s%4$scontexts:
                - name: %1$s
                  context:
                    cluster: %1$s
                    user: %1$s
                current-context: %1$s
                users:
                # Without credentials: they are between its user and the API servers.
                - name: %1$s
                  user: {}
                """.formatted(quoted(name), server, authorityLine(), nameLine());
    }

    /** Else a name such as {@code no} or {@code 1.2} would be none to YAML. */
    private static String quoted(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    private String authorityLine() {
        return authorities == null
                ? "    # The balancer knows no CA (lb.check.ca-file).\n"
                : "    certificate-authority-data: "
                        + Base64.getEncoder().encodeToString(authorities.getBytes(StandardCharsets.US_ASCII)) + "\n";
    }

    private String nameLine() {
        return serverName == null ? "" : "    tls-server-name: " + quoted(serverName) + "\n";
    }
}
