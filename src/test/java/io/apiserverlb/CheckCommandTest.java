package io.apiserverlb;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code --check} says no where a start would fail, or where nobody could be let in. */
class CheckCommandTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    private Path folder;

    private int check(String... arguments) {
        String[] all = Stream.concat(
                        Stream.of("--check", "--lb.state-file=" + folder.resolve("state.json")), Stream.of(arguments))
                .toArray(String[]::new);
        return new CheckCommand(new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8)).run(all);
    }

    private void assertRefused(String message, String... arguments) {
        assertThat(check(arguments)).isEqualTo(1);
        assertThat(err.toString(UTF_8)).isEqualTo(message + System.lineSeparator());
        assertThat(out.toString(UTF_8)).isEmpty();
    }

    @Test
    void showsWhereActuatorIsAndThePortsOfServers() {
        assertThat(check(
                        "--lb.server-addresses=h1",
                        "--management.server.port=9464",
                        "--management.server.address=127.0.0.1"))
                .isZero();
        assertThat(out.toString(UTF_8).lines())
                .contains(
                        "lb.server-addresses=h1:6443",
                        "server.address=127.0.0.1",
                        "server.port=8080",
                        "management.server.address=127.0.0.1",
                        "management.server.port=9464");
    }

    @Test
    void refusesAPortThatIsNone() {
        assertRefused(
                "management.server.port: '70000' is not allowed: it must be between 0 and 65535, or -1 for no port",
                "--management.server.port=70000");
    }

    @Test
    void refusesClientsAndTheWebOnOneSocket() {
        assertRefused(
                "lb.listen: '127.0.0.1:8080' is not allowed: server.address and server.port have 127.0.0.1:8080, and"
                        + " each needs a socket of its own",
                "--lb.listen=127.0.0.1:8080");
    }

    @Test
    void refusesAStateFileThatNamesNobodyToAsk() throws IOException {
        String token = "--lb.discovery.k3s.token-file=" + Files.writeString(folder.resolve("token"), "sesame");
        Path state = folder.resolve("state.json");
        Files.writeString(state, "{\"ServerURL\": \"\", \"ServerAddresses\": [\"10.0.0.1:6443\"], \"Listener\": null}");
        assertRefused(
                "lb.server-url: is missing, but needed with lb.discovery.kind=k3s", "--lb.discovery.kind=k3s", token);
        assertThat(state).exists();

        Files.writeString(state, "{\"ServerURL\": \"https://10.0.0.1:6443\", \"ServerAddresses\": []}");
        assertThat(check("--lb.discovery.kind=k3s", token)).isZero();
    }

    @Test
    void refusesATokenFileByWhichNobodyCanCall() throws IOException {
        Path token = Files.writeString(folder.resolve("token"), "\n \n");
        assertRefused(
                "lb.admin.token-file: '" + token + "' is not allowed: the token file is empty, so no token is accepted",
                "--lb.admin.token-file=" + token);
        err.reset();
        assertRefused(
                "lb.admin.token-file: '" + folder
                        + "' is not allowed: the token file cannot be read, so no token is accepted",
                "--lb.admin.token-file=" + folder);

        Files.writeString(token, "sesame\n");
        assertThat(check("--lb.admin.token-file=" + token)).isZero();
        assertThat(out.toString(UTF_8)).doesNotContain("sesame");
    }
}
