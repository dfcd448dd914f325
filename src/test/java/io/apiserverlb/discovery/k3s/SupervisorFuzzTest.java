package io.apiserverlb.discovery.k3s;

import static io.apiserverlb.testing.Demands.demand;
import static io.apiserverlb.testing.Demands.readable;
import static io.apiserverlb.testing.Demands.same;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Set;

/** What supervisors answer, and the tokens that operators copy from them. */
class SupervisorFuzzTest {
    /** At which the certificates among the inputs are valid. */
    private static final Instant NOW = Instant.parse("2026-12-01T00:00:00Z");

    private static final int LONGEST_MESSAGE = 1_000;
    /** Nothing of the token may be in a message: these are all that there are. */
    private static final Set<String> FAULTY_TOKENS = Set.of(
            "is empty: token must not be empty",
            "is too large for a token",
            "holds something that is not UTF-8",
            "holds more than one line: invalid token format",
            "holds a bad token: invalid token CA hash length",
            "holds a bad token: invalid token CA hash",
            "holds a bad token: invalid token format");

    @FuzzTest
    void readsAnswersAndTokens(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        token(text);
        servers(bytes, text);
        authorities(bytes);
        authorities(("-----BEGIN CERTIFICATE-----\n"
                        + Base64.getMimeEncoder().encodeToString(bytes)
                        + "\n-----END CERTIFICATE-----\n")
                .getBytes(StandardCharsets.ISO_8859_1));
    }

    private static void token(String text) {
        try {
            K3sToken token = K3sToken.parse(text);
            boolean oneLine = token.authorization().chars().noneMatch(c -> c < ' ' || c > '~');
            demand(oneLine, "would not be one header line: " + token.authorization());
            token.caHash().ifPresent(hash -> demand(hash.matches("[0-9a-f]{64}"), "is no hash: " + hash));
            same(K3sToken.parse(text), token);
            String shown = token.toString();
            String secret =
                    token.authorization().substring(token.authorization().indexOf(' ') + 1);
            demand(!shown.contains(secret), "shows its secret: " + shown);
        } catch (IllegalArgumentException e) {
            demand(FAULTY_TOKENS.contains(String.valueOf(e.getMessage())), "an unknown message: " + e.getMessage());
        }
    }

    private static void servers(byte[] bytes, String text) {
        int status = text.length() < 3 || !text.startsWith("HTTP") ? 200 : 100 + text.hashCode() % 500;
        try {
            NamedServers named = NamedServers.read(new HttpAnswer(status, bytes, text));
            demand(named.servers().size() + named.unreadable().size() <= 1_000, "are too many servers");
            named.unreadable().forEach(reason -> readable(reason, LONGEST_MESSAGE));
        } catch (SupervisorException e) {
            readable(e.words(), LONGEST_MESSAGE);
        }
    }

    private static void authorities(byte[] answer) {
        try {
            CaBundle bundle = CaBundle.parse(answer, NOW);
            demand(bundle.hash().matches("[0-9a-f]{64}"), "is no hash: " + bundle.hash());
            byte[] all = bundle.everything().getBytes(StandardCharsets.ISO_8859_1);
            same(CaBundle.parse(all, NOW).everything(), bundle.everything());
            // What the hash stands for is among the certificates, and is all of them where it is the answer's.
            byte[] hashed = bundle.hashed().getBytes(StandardCharsets.ISO_8859_1);
            demand(bundle.everything().length() >= hashed.length, "more is trusted than was sent");
        } catch (SupervisorException e) {
            readable(e.words(), LONGEST_MESSAGE);
        }
    }
}
