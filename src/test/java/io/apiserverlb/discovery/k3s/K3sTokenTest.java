package io.apiserverlb.discovery.k3s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class K3sTokenTest {
    private static final String HASH = "0123456789abcdef".repeat(4);

    @TempDir
    Path folder;

    private K3sToken read(String text) throws IOException {
        return K3sToken.read(Files.writeString(folder.resolve("token"), text));
    }

    private static String basic(String credential) {
        return "Basic " + Base64.getEncoder().encodeToString(credential.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void readsTheLongFormAndIsTheNodeWhateverUserItNames() throws IOException {
        K3sToken token = read("K10" + HASH + "::server:pass:word\n");

        assertThat(token.caHash()).contains(HASH);
        assertThat(token.authorization()).isEqualTo(basic("node:pass:word"));
    }

    @Test
    void readsABootstrapToken() throws IOException {
        assertThat(read("abcdef.0123456789abcdef").authorization()).isEqualTo("Bearer abcdef.0123456789abcdef");
        assertThat(read("K10" + HASH + "::abcdef.0123456789abcdef").authorization())
                .isEqualTo("Bearer abcdef.0123456789abcdef");
    }

    @ParameterizedTest
    @ValueSource(strings = {"pässword", "pass:word", "pass::word", "abcdef.0123456789ABCDEF", "k10xyz"})
    void takesAnythingElseForAPasswordWithoutAHash(String password) throws IOException {
        K3sToken token = read(" " + password + "\n");

        assertThat(token.caHash()).isEmpty();
        assertThat(token.authorization()).isEqualTo(basic("node:" + password));
    }

    @Test
    void takesTheLongFormWithoutAHash() throws IOException {
        assertThat(read("K10::node:password").caHash()).isEmpty();
        assertThat(read("K10node:password").authorization()).isEqualTo(basic("node:password"));
    }

    @Test
    void takesAHashInCapitals() throws IOException {
        assertThat(read("K10" + HASH.toUpperCase(Locale.ROOT) + "::node:password")
                        .caHash())
                .contains(HASH);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | is empty: token must not be empty",
                "' ' | is empty: token must not be empty",
                "K10abc::node:sesame | invalid token CA hash length",
                "K10zz23456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef::node:sesame | invalid token CA hash",
                "K10sesame | invalid token format",
                "K100123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef::sesame | invalid token format",
                "K100123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef::node: | invalid token format"
            })
    void saysWhatIsWrongWithoutShowingIt(String text, String problem) {
        assertThatExceptionOfType(K3sTokenException.class)
                .isThrownBy(() -> read(text))
                .withMessageStartingWith(folder.resolve("token").toString())
                .withMessageContaining(problem)
                .satisfies(
                        e -> assertThat(e.getMessage()).doesNotContain("sesame").doesNotContain("\n"))
                .withNoCause();
    }

    @Test
    void refusesMoreThanOneLineAndWhatIsTooLarge() {
        assertThatExceptionOfType(K3sTokenException.class)
                .isThrownBy(() -> read("sesame\nK10"))
                .withMessageContaining("more than one line");
        assertThatExceptionOfType(K3sTokenException.class)
                .isThrownBy(() -> read("sesame".repeat(1_000)))
                .withMessageContaining("too large");
    }

    @Test
    void saysWhyAFileCannotBeRead() {
        assertThatExceptionOfType(K3sTokenException.class)
                .isThrownBy(() -> K3sToken.read(folder.resolve("none")))
                .withMessage(folder.resolve("none") + " does not exist");
        assertThatExceptionOfType(K3sTokenException.class)
                .isThrownBy(() -> K3sToken.read(folder))
                .withMessage(folder + " is not a regular file");
    }

    @Test
    void printsNoSecret() throws IOException {
        assertThat(read("K10" + HASH + "::node:sesame").toString())
                .doesNotContain("sesame")
                .doesNotContain(basic("node:sesame"))
                .contains(HASH);
    }
}
