package io.apiserverlb.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.apiserverlb.tls.ClientTls.Settings;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClientTlsSettingsTest {

    private static final Path CA = Path.of("/etc/ca.pem");
    private static final Path CERTIFICATE = Path.of("/etc/client.pem");
    private static final Path KEY = Path.of("/etc/client.key");
    private static final Path TOKEN = Path.of("/etc/token");

    @Test
    void acceptsNothingAtAllAndEverything() {
        Settings nothing = new Settings(null, null, null, null, null, false);
        Settings everything = new Settings(CA, "api.example.com", CERTIFICATE, KEY, TOKEN, false);

        assertThat(nothing.caFile()).isNull();
        assertThat(everything.caFile()).isEqualTo(CA);
    }

    @Test
    void refusesACertificateWithoutItsKey() {
        assertRefused(
                () -> new Settings(CA, null, CERTIFICATE, null, null, false),
                "client-key",
                "is missing, but needed with client-certificate /etc/client.pem");
    }

    @Test
    void refusesAKeyWithoutItsCertificate() {
        assertRefused(
                () -> new Settings(CA, null, null, KEY, null, false),
                "client-certificate",
                "is missing, but needed with client-key /etc/client.key");
    }

    @Test
    void refusesCredentialsWithoutACa() {
        assertRefused(
                () -> new Settings(null, null, CERTIFICATE, KEY, null, false),
                "ca-file",
                "is missing, but needed with client-certificate /etc/client.pem");
        assertRefused(
                () -> new Settings(null, null, null, null, TOKEN, false),
                "ca-file",
                "is missing, but needed with token-file /etc/token");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"kubernetes", "api.example.com", "API.Example.Com.", "1.example.com", "xn--bcher-kva.example"})
    void acceptsADnsNameAsServerName(String name) {
        assertThat(new Settings(null, name, null, null, null, false).serverName())
                .isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "a..b",
                "*.example.com",
                "10.0.0.1",
                "fd00::1",
                "[fd00::1]",
                "api:6443",
                "https://api",
                "a b",
                "-a.example",
                "a-.example",
                "b\u00fccher.example",
                "under_score"
            })
    void refusesAServerNameThatIsNoDnsName(String name) {
        assertRefused(
                () -> new Settings(null, name, null, null, null, false),
                "server-name",
                "'" + name + "' is not a DNS name");
    }

    @Test
    void keepsTheMessageToOneLine() {
        assertRefused(
                () -> new Settings(null, "a\nb", null, null, null, false), "server-name", "'a?b' is not a DNS name");
    }

    @Test
    void refusesAServerNameLongerThanDnsAllows() {
        String label = "a".repeat(63);

        assertThat(ServerName.dns(label + ".example")).isPresent();
        assertThat(ServerName.dns("a" + label + ".example")).isEmpty();
        assertThat(ServerName.dns(String.join(".", label, label, label, "a".repeat(61))))
                .isPresent();
        assertThat(ServerName.dns(String.join(".", label, label, label, "a".repeat(62))))
                .isEmpty();
    }

    private static void assertRefused(ThrowingCallable settings, String setting, String message) {
        assertThatExceptionOfType(TlsSettingsException.class)
                .isThrownBy(settings)
                .withMessage(message)
                .satisfies(e -> assertThat(e.setting()).isEqualTo(setting));
    }
}
