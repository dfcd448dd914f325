package io.apiserverlb.discovery.k3s;

import io.apiserverlb.testing.BadInputs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class BadSupervisorsTest {
    /** At which the certificates among the inputs are valid. */
    private static final Instant NOW = Instant.parse("2026-12-01T00:00:00Z");

    @Test
    void areAnsweredAsDocumented() throws IOException {
        BadInputs table = new BadInputs("Tokens and answers of k3s");
        BadInputs.of(SupervisorFuzzTest.class).forEach((name, bytes) -> table.tried(name, answer(name, bytes)));
        for (int status : new int[] {204, 301, 401, 403, 404, 429, 500, 503}) {
            table.tried("status " + status, servers(status, new byte[0]));
        }
        table.requireDocumented();
    }

    private static String answer(String name, byte[] bytes) {
        if (name.startsWith("cacerts")) {
            return authorities(bytes);
        }
        return name.contains("token") || name.contains("password") || name.contains("bootstrap")
                ? token(new String(bytes, StandardCharsets.UTF_8))
                : servers(200, bytes);
    }

    private static String token(String text) {
        try {
            K3sToken token = K3sToken.parse(text);
            return "is taken, " + (token.caHash().isPresent() ? "with" : "without") + " a CA hash";
        } catch (IllegalArgumentException e) {
            return "the file " + e.getMessage();
        }
    }

    private static String servers(int status, byte[] bytes) {
        try {
            NamedServers named = NamedServers.read(new HttpAnswer(status, bytes, null));
            return "servers taken: " + named.servers().size() + ", left out: "
                    + (named.unreadable().isEmpty() ? "none" : String.join("; ", named.unreadable()));
        } catch (SupervisorException e) {
            return "the supervisor " + e.words();
        }
    }

    private static String authorities(byte[] bytes) {
        try {
            int certificates = CaBundle.parse(bytes, NOW).everything().split("BEGIN", -1).length - 1;
            return "certificates: " + certificates;
        } catch (SupervisorException e) {
            return "the supervisor " + e.words();
        }
    }
}
