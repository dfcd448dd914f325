package io.apiserverlb.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class DemoAuthorityTest {
    private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
    private static final String SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
    private static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";

    private final DemoAuthority authority = new DemoAuthority(InstantSource.fixed(NOW), new SecureRandom());

    @Test
    void signsItselfAndWhatItIssues() throws Exception {
        X509Certificate server = authority.issueServer().certificate();

        authority.certificate().verify(authority.certificate().getPublicKey());
        server.verify(authority.certificate().getPublicKey());
        assertThat(authority.certificate().getBasicConstraints()).isNotNegative();
        assertThat(server.getBasicConstraints()).isNegative();
    }

    @Test
    void coversTheUsualNamesOfAnApiServer() throws Exception {
        X509Certificate server = authority.issueServer().certificate();

        assertThat(server.getSubjectAlternativeNames())
                .<Object>extracting(name -> name.get(1))
                .containsExactly(
                        "kubernetes",
                        "kubernetes.default",
                        "kubernetes.default.svc",
                        "localhost",
                        "127.0.0.1",
                        "0:0:0:0:0:0:0:1");
        assertThat(server.getExtendedKeyUsage()).containsExactly(SERVER_AUTH);
    }

    @Test
    void coversOtherNamesOnRequest() throws Exception {
        X509Certificate server =
                authority.issueServer(List.of("api.example", "192.0.2.1")).certificate();

        assertThat(server.getSubjectAlternativeNames())
                .containsExactly(List.of(2, "api.example"), List.of(7, "192.0.2.1"));
    }

    @Test
    void issuesForAYearFromItsClock() {
        X509Certificate server = authority.issueServer().certificate();

        assertThat(server.getNotBefore()).isEqualTo("2026-11-24T11:00:00Z");
        assertThat(server.getNotAfter()).isEqualTo("2027-11-24T12:00:00Z");
    }

    @Test
    void issuesWhatHasExpired() {
        Instant notBefore = NOW.minusSeconds(120);
        Instant notAfter = NOW.minusSeconds(60);

        X509Certificate server = authority
                .issueServer(DemoAuthority.SERVER_NAMES, notBefore, notAfter)
                .certificate();
        X509Certificate client =
                authority.issueClient("CN=late", notBefore, notAfter).certificate();

        assertThat(List.of(server, client)).allSatisfy(certificate -> {
            assertThat(certificate.getNotBefore()).isEqualTo(notBefore);
            assertThat(certificate.getNotAfter()).isEqualTo(notAfter);
        });
    }

    @Test
    void refusesAnEndBeforeTheBeginning() {
        assertThatThrownBy(() -> authority.issueClient("CN=nobody", NOW, NOW.minusSeconds(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("notAfter 2026-11-24T11:59:59Z is before notBefore 2026-11-24T12:00:00Z");
    }

    @Test
    void namesClientsAsKubernetesReadsThem() throws Exception {
        X509Certificate client =
                authority.issueClient("CN=admin,O=system:masters").certificate();

        assertThat(client.getSubjectX500Principal().getName()).isEqualTo("CN=admin,O=system:masters");
        assertThat(client.getExtendedKeyUsage()).containsExactly(CLIENT_AUTH);
        client.verify(authority.certificate().getPublicKey());
    }

    @Test
    void writesCertificatesAsPem() throws Exception {
        DemoIdentity identity = authority.issueServer();

        assertThat(read(authority.certificatePem())).isEqualTo(authority.certificate());
        assertThat(read(identity.certificatePem())).isEqualTo(identity.certificate());
    }

    @Test
    void writesItsKeysAsPkcs8() throws Exception {
        DemoIdentity identity = authority.issueClient("CN=admin");

        byte[] pkcs8 = der("PRIVATE KEY", identity.privateKeyPem());

        assertThat(matches(privateKey(pkcs8), identity.certificate())).isTrue();
    }

    @Test
    void writesItsKeysAsSec1() throws Exception {
        DemoIdentity identity = authority.issueClient("CN=admin");

        byte[] sec1 = der("EC PRIVATE KEY", identity.sec1PrivateKeyPem());

        // PKCS#8 is SEC1 with the algorithm (EC, P-256) in front.
        byte[] pkcs8 = HexFormat.of()
                .parseHex("308187020100301306072a8648ce3d020106082a8648ce3d030107046d"
                        + "306b0201010420" + HexFormat.of().formatHex(sec1, 7, 39)
                        + HexFormat.of().formatHex(sec1, 51, sec1.length));
        assertThat(matches(privateKey(pkcs8), identity.certificate())).isTrue();
        byte[] publicKey = identity.certificate().getPublicKey().getEncoded();
        assertThat(HexFormat.of().formatHex(publicKey))
                .endsWith(HexFormat.of().formatHex(sec1, sec1.length - 64, sec1.length));
    }

    @Test
    void showsNoKey() {
        DemoIdentity identity = authority.issueClient("CN=admin");

        assertThat(identity).hasToString("DemoIdentity[CN=admin]");
    }

    private static Certificate read(String pem) throws Exception {
        return CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
    }

    private static byte[] der(String label, String pem) {
        String head = "-----BEGIN " + label + "-----\n";
        String foot = "\n-----END " + label + "-----\n";
        assertThat(pem).startsWith(head).endsWith(foot);
        return Base64.getMimeDecoder().decode(pem.substring(head.length(), pem.length() - foot.length()));
    }

    private static PrivateKey privateKey(byte[] pkcs8) throws Exception {
        return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
    }

    private static boolean matches(PrivateKey key, X509Certificate certificate) throws Exception {
        byte[] message = "anything".getBytes(StandardCharsets.US_ASCII);
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(key);
        signature.update(message);
        byte[] signed = signature.sign();
        signature.initVerify(certificate.getPublicKey());
        signature.update(message);
        return signature.verify(signed);
    }
}
