package io.apiserverlb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.apiserverlb.testing.TestAuthority;
import io.apiserverlb.testing.TraditionalKeys;
import io.netty.pkitesting.CertificateBuilder.Algorithm;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

/** What is said of the web side's TLS before anything starts. */
class WebTlsTest {
    private static final String BUNDLE = "spring.ssl.bundle.pem.web.";
    private static final String CERTIFICATE = BUNDLE + "keystore.certificate";
    private static final String KEY = BUNDLE + "keystore.private-key";
    private static final String TRUST = BUNDLE + "truststore.certificate";
    private static final TestAuthority AUTHORITY = new TestAuthority("web");
    private static final X509Bundle EC = AUTHORITY.server("localhost");
    private static final X509Bundle RSA = AUTHORITY.server("localhost", Algorithm.rsa2048);

    @TempDir
    private Path folder;

    private final Map<String, Object> properties = new HashMap<>();

    @BeforeEach
    void serveByABundle() throws IOException {
        properties.put("server.ssl.bundle", "web");
        properties.put(CERTIFICATE, file("tls.crt", EC.getCertificatePathPEM()));
        properties.put(KEY, file("tls.key", EC.getPrivateKeyPEM()));
    }

    private String file(String name, String content) throws IOException {
        return Files.writeString(folder.resolve(name), content).toString();
    }

    private WebSettings settings() {
        StandardEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(new MapPropertySource("test", properties));
        return WebSettings.of(environment);
    }

    private void assertRefused(String... parts) {
        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(this::settings)
                .satisfies(e -> assertThat(e.getMessage()).contains(parts).doesNotContain("\n", "BEGIN"));
    }

    static Stream<Arguments> keys() {
        return Stream.of(
                Arguments.of("PKCS#8", EC, EC.getPrivateKeyPEM()),
                Arguments.of("SEC1", EC, TraditionalKeys.sec1(EC.getKeyPair())),
                Arguments.of("PKCS#8 of RSA", RSA, RSA.getPrivateKeyPEM()),
                Arguments.of("PKCS#1", RSA, TraditionalKeys.pkcs1(RSA.getKeyPair())));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("keys")
    void takesKeysOfEachForm(String form, X509Bundle server, String key) throws Exception {
        properties.put(CERTIFICATE, file("tls.crt", server.getCertificatePathPEM()));
        properties.put(KEY, file("tls.key", key));

        WebSettings web = settings();

        assertThat(web.tls().orElseThrow().certificate()).isEqualTo(server.getCertificate());
        assertThat(web.uri("/lb")).hasToString("https://127.0.0.1:8080/lb");
    }

    @Test
    void isPlainHttpWithoutAWordAboutTls() {
        properties.keySet().removeIf(key -> key.startsWith("server.ssl"));

        assertThat(settings().uri("/")).hasToString("http://127.0.0.1:8080/");
    }

    @Test
    void isPlainHttpWhereTlsIsSwitchedOff() {
        properties.put("server.ssl.enabled", "false");
        properties.put("server.ssl.bundle", "nope");

        assertThat(settings().tls()).isEmpty();
    }

    @Test
    void namesABundleThatThereIsNot() {
        properties.put("server.ssl.bundle", "nope");

        assertRefused("server.ssl.bundle: 'nope' is not allowed: there is no spring.ssl.bundle.pem.nope");
    }

    @ParameterizedTest
    @ValueSource(strings = {CERTIFICATE, KEY, TRUST})
    void namesAFileThatDoesNotExist(String property) {
        properties.put(property, "/nowhere");

        assertRefused(property + ": '/nowhere' is not allowed: it does not exist");
    }

    @ParameterizedTest
    @ValueSource(strings = {CERTIFICATE, KEY, TRUST})
    void namesAFileThatHoldsSomethingElse(String property) throws Exception {
        properties.put(property, file("notes.txt", "to be done"));

        assertRefused(property + ": '" + folder.resolve("notes.txt") + "' is not allowed: it holds no ");
    }

    @Test
    void namesAKeyThatIsNotTheCertificatesOwn() throws Exception {
        properties.put(KEY, file("tls.key", AUTHORITY.server("localhost").getPrivateKeyPEM()));

        assertRefused(KEY + ": '" + folder.resolve("tls.key") + "' is not allowed: it is not the key of the first");
    }

    @Test
    void namesWhatIsMissing() {
        properties.remove(KEY);

        assertRefused(KEY + ": '' is not allowed: it must be a PEM file");
    }

    @Test
    void doesNotShowAKeyThatStandsInTheProperty() {
        properties.put(KEY, RSA.getPrivateKeyPEM());

        assertRefused(KEY + ": 'a PEM text' is not allowed");
    }

    @Test
    void doesNotShowAKeyThatCannotBeRead() {
        String secret = "c2VjcmV0LXNlY3JldA==";
        properties.put(KEY, "-----BEGIN PRIVATE KEY-----\n" + secret + "\n-----END PRIVATE KEY-----");

        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(this::settings)
                .withMessageContaining("it holds no private key that can be read")
                .withNoCause()
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain(secret));
    }

    @ParameterizedTest
    @ValueSource(strings = {"need", "want"})
    void doesNotVerifyClientsByWhatTheJdkTrusts(String clientAuth) throws Exception {
        properties.put("server.ssl.client-auth", clientAuth);

        assertRefused("server.ssl.client-auth: '" + clientAuth + "' is not allowed: it needs", "truststore");

        properties.put(TRUST, file("ca.crt", AUTHORITY.pem()));
        assertThat(settings().tls().orElseThrow().clientAuth())
                .hasToString(clientAuth.toUpperCase(java.util.Locale.ROOT));
        assertThat(settings().asksForCertificates()).isTrue();
    }

    @Test
    void knowsThatOnlyActuatorsPortAsksForCertificates() throws Exception {
        assertThat(settings().asksForCertificates()).isFalse();

        properties.put("management.server.port", "9464");
        properties.put("management.server.ssl.bundle", "web");
        properties.put("management.server.ssl.client-auth", "want");
        properties.put(TRUST, file("ca.crt", AUTHORITY.pem()));

        assertThat(settings().asksForCertificates()).isTrue();
    }

    @Test
    void namesAValueThatThereIsNot() {
        properties.put("server.ssl.client-auth", "maybe");

        assertRefused("server.ssl.client-auth: 'maybe' is not allowed: it must be one of none, want, need");
    }

    @Test
    void takesWhatIsNamedWithoutABundle() throws Exception {
        properties.remove("server.ssl.bundle");
        properties.put("server.ssl.certificate", file("own.crt", RSA.getCertificatePathPEM()));
        properties.put("server.ssl.certificate-private-key", file("own.key", RSA.getPrivateKeyPEM()));

        assertThat(settings().tls().orElseThrow().certificate()).isEqualTo(RSA.getCertificate());

        properties.put("server.ssl.certificate-private-key", "/nowhere");
        assertRefused("server.ssl.certificate-private-key: '/nowhere' is not allowed: it does not exist");
    }

    @Test
    void takesAKeyStore() throws Exception {
        Path store = folder.resolve("web.p12");
        char[] password = "changeit".toCharArray();
        try (OutputStream out = Files.newOutputStream(store)) {
            RSA.toKeyStore(password).store(out, password);
        }
        properties.put("server.ssl.bundle", "old");
        properties.put("spring.ssl.bundle.jks.old.keystore.location", store.toString());
        properties.put("spring.ssl.bundle.jks.old.keystore.password", "changeit");

        assertThat(settings().tls().orElseThrow().certificate()).isEqualTo(RSA.getCertificate());

        properties.put("spring.ssl.bundle.jks.old.keystore.password", "wrong-secret");
        assertRefused("server.ssl.bundle: 'old' is not allowed: ");
    }

    @Test
    void provesActuatorsOwnAsWell() {
        properties.put("management.server.ssl.bundle", "nope");
        properties.put("management.server.port", "9464");

        assertRefused("management.server.ssl.bundle: 'nope' is not allowed");
    }

    @Test
    void saysThatActuatorsOwnTlsNeedsAPortOfItsOwn() {
        properties.put("management.server.ssl.bundle", "web");

        assertRefused("management.server.ssl is for a port of Actuator's own: set management.server.port");

        properties.put("management.server.port", "9464");
        assertThat(settings().tls()).isPresent();
    }

    @Test
    void readsItFromTheEnvironmentToo() {
        StandardEnvironment environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .addFirst(new org.springframework.core.env.SystemEnvironmentPropertySource(
                        "container-systemEnvironment", Map.of("SERVER_SSL_BUNDLE", "nope")));

        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> WebSettings.of(environment))
                .withMessageContaining("server.ssl.bundle: 'nope'");
    }
}
