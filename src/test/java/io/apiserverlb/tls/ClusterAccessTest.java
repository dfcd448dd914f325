package io.apiserverlb.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClusterAccessTest {
    private static final String NAME = "kubernetes.default.svc";
    private static final X509Bundle CA = TestPki.selfSigned(TestPki.authority("CN=cluster-ca"));
    private static final X509Bundle OTHER_CA = TestPki.selfSigned(TestPki.authority("CN=other-ca"));
    private static final X509Bundle SERVER = TestPki.issued(TestPki.server(NAME), CA);
    private static final X509Bundle CLIENT = TestPki.issued(TestPki.client(), CA);

    private static ClusterAccess access() {
        return ClusterAccess.of(
                CA.getCertificatePEM(), CLIENT.getCertificatePathPEM(), CLIENT.getPrivateKeyPEM(), "Bearer sesame");
    }

    /** What the server saw of a client that is an HTTP client of the JDK. */
    private static FakeTlsServer.Seen connect(X509Bundle identity, String protocol) throws Exception {
        try (FakeTlsServer server = new FakeTlsServer(identity, protocol)) {
            HttpClient client = HttpClient.newBuilder()
                    .sslContext(access().context(NAME, TestPki.CLOCK))
                    .build();
            HttpRequest request = HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + server.port() + "/"))
                    .timeout(Duration.ofSeconds(1))
                    .build();
            // What the server says is no HTTP.
            assertThatThrownBy(() -> client.send(request, HttpResponse.BodyHandlers.ofString()))
                    .isInstanceOf(IOException.class);
            return server.nextClient();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void showsItsCertificateToAVerifiedServer(String protocol) throws Exception {
        assertThat(connect(SERVER, protocol).clientChain()).containsExactly(CLIENT.getCertificate());
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void showsNothingToAnyOther(String protocol) throws Exception {
        X509Bundle foreign = TestPki.issued(TestPki.server(NAME), OTHER_CA);
        X509Bundle misnamed = TestPki.issued(TestPki.server("localhost").addSanIpAddress("127.0.0.1"), CA);
        X509Bundle expired = TestPki.issued(TestPki.server(NAME).notAfter(TestPki.YESTERDAY), CA);

        for (X509Bundle identity : new X509Bundle[] {foreign, misnamed, expired}) {
            FakeTlsServer.Seen seen = connect(identity, protocol);
            assertThat(seen.clientChain()).isEmpty();
            assertThat(seen.failure()).isNotEmpty();
        }
    }

    @Test
    void needsBothHalvesOfACredential() {
        String ca = CA.getCertificatePEM();

        assertThatExceptionOfType(TlsSettingsException.class)
                .isThrownBy(() -> ClusterAccess.of(ca, CLIENT.getCertificatePEM(), null, null))
                .satisfies(e -> assertThat(e.setting()).isEqualTo("key"));
        assertThatExceptionOfType(TlsSettingsException.class)
                .isThrownBy(() -> ClusterAccess.of(ca, null, CLIENT.getPrivateKeyPEM(), null))
                .satisfies(e -> assertThat(e.setting()).isEqualTo("certificate"));
        assertThatExceptionOfType(TlsSettingsException.class)
                .isThrownBy(() -> ClusterAccess.of(ca, CLIENT.getCertificatePEM(), SERVER.getPrivateKeyPEM(), null))
                .withMessageContaining("is not that of the certificate");
    }

    @Test
    void refusesWhatIsNoCertificateAndWhatBreaksAHeader() {
        assertThatExceptionOfType(TlsSettingsException.class)
                .isThrownBy(() -> ClusterAccess.of("sesame", null, null, null))
                .withMessageContaining("holds no certificate")
                .withMessageNotContaining("sesame");
        assertThatExceptionOfType(TlsSettingsException.class)
                .isThrownBy(() -> ClusterAccess.of(CA.getCertificatePEM(), null, null, "Bearer sesame\r\nX: y"))
                .withMessageNotContaining("sesame");
    }

    @Test
    void hidesItsSecrets() {
        assertThat(access().toString()).doesNotContain("sesame").doesNotContain("PRIVATE");
        assertThat(access().authorization()).contains("Bearer sesame");
    }
}
