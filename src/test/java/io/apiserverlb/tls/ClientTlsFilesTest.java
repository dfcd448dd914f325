package io.apiserverlb.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.apiserverlb.tls.ClientTls.Settings;
import io.apiserverlb.tls.ServerIdentity.Verdict;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClientTlsFilesTest {

    private static final X509Bundle CA = TestPki.selfSigned(TestPki.authority("CN=cluster-ca"));
    private static final X509Bundle NEW_CA = TestPki.selfSigned(TestPki.authority("CN=new-ca"));
    private static final X509Bundle SERVER = TestPki.issued(TestPki.server("localhost"), CA);
    private static final X509Bundle NEW_SERVER = TestPki.issued(TestPki.server("localhost"), NEW_CA);
    private static final X509Bundle CLIENT = TestPki.issued(TestPki.client(), CA);
    private static final X509Bundle NEW_CLIENT = TestPki.issued(TestPki.client(), CA);

    private final List<String> reports = new ArrayList<>();

    @TempDir
    private Path folder;

    private Path ca = Path.of("");
    private Path certificate = Path.of("");
    private Path key = Path.of("");
    private Path token = Path.of("");

    @BeforeEach
    void writeGoodFiles() throws IOException {
        ca = write("ca.pem", CA.getCertificatePEM());
        certificate = write("client.pem", CLIENT.getCertificatePEM());
        key = write("client.key", CLIENT.getPrivateKeyPEM());
        token = write("token", "first-token\n");
    }

    @Test
    void findsNothingWrongWithGoodFiles() {
        assertThatCode(() -> client().verifyFiles()).doesNotThrowAnyException();
    }

    @Test
    void readsSeveralCertificatesWithTextWindowsLineEndsAndBlanksAround() throws Exception {
        String both = "# old\n" + CA.getCertificatePEM() + "# new  \n\n" + NEW_CA.getCertificatePEM();
        write("ca.pem", both.replace("\n", " \t\r\n"));
        ClientTls client = client();

        assertThat(verdict(client, SERVER)).isEqualTo(Verdict.VERIFIED);
        assertThat(verdict(client, NEW_SERVER)).isEqualTo(Verdict.VERIFIED);
    }

    @Test
    void takesCertificateAndKeyFromOneFile() throws IOException {
        Path both = write("both.pem", CLIENT.getPrivateKeyPEM() + CLIENT.getCertificatePEM());
        ClientTls client = client(new Settings(ca, null, both, both, null, false));

        client.verifyFiles();

        assertThat(reports).isEmpty();
    }

    @Test
    void namesAFileThatIsMissing() throws IOException {
        Files.delete(ca);

        assertFault("ca-file", ca + " does not exist");
    }

    @Test
    void namesAFileThatIsNoFile() throws IOException {
        Files.delete(token);
        Files.createDirectory(token);

        assertFault("token-file", token + " is not a regular file");
    }

    @Test
    void namesAFileThatIsFarTooLarge() throws IOException {
        write("ca.pem", "x".repeat((1 << 20) + 1));

        assertFault("ca-file", ca + " is larger than 1 MiB");
    }

    @Test
    void namesACaFileWithoutACertificate() throws IOException {
        write("ca.pem", CLIENT.getPrivateKeyPEM());

        assertFault("ca-file", ca + " holds no certificate in PEM form");
    }

    @Test
    void namesACaFileOneOfWhoseCertificatesIsBroken() throws IOException {
        write("ca.pem", CA.getCertificatePEM() + "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n");

        assertFault("ca-file", ca + " holds a certificate that cannot be read");
    }

    @Test
    void namesAClientCertificateFileWithoutACertificate() throws IOException {
        write("client.pem", "");

        assertFault("client-certificate", certificate + " holds no certificate in PEM form");
    }

    @Test
    void namesAKeyFileWithoutAKey() throws IOException {
        write("client.key", CLIENT.getCertificatePEM());

        assertFault("client-key", key + " holds no private key");
    }

    @Test
    void namesAKeyThatIsNotThatOfTheCertificate() throws IOException {
        write("client.key", NEW_CLIENT.getPrivateKeyPEM());

        assertFault("client-key", key + " is not the key of the first certificate in " + certificate);
    }

    @Test
    void namesAnEmptyTokenFile() throws IOException {
        write("token", " \n");

        assertFault("token-file", token + " is empty");
    }

    @Test
    void namesATokenFileThatWouldBreakAHeaderLineWithoutQuotingIt() throws IOException {
        write("token", "secret\r\nX-Injected: 1\n");

        assertFault("token-file", token + " holds something other than one token");
    }

    @Test
    void opensNoConnectionWithFilesThatNeverWereGood() throws IOException {
        Files.delete(ca);
        ClientTls client = client();

        assertThatExceptionOfType(TlsSettingsException.class)
                .isThrownBy(() -> client.open("localhost"))
                .satisfies(e -> assertThat(e.setting()).isEqualTo("ca-file"));
    }

    @Test
    void usesANewCaFromTheNextConnectionOn() throws Exception {
        ClientTls client = client();
        Verdict before = verdict(client, NEW_SERVER);

        replace("ca.pem", NEW_CA.getCertificatePEM());

        assertThat(before).isEqualTo(Verdict.WRONG_ISSUER);
        assertThat(verdict(client, NEW_SERVER)).isEqualTo(Verdict.VERIFIED);
        assertThat(verdict(client, SERVER)).isEqualTo(Verdict.WRONG_ISSUER);
        assertThat(reports).isEmpty();
    }

    @Test
    void usesANewTokenFromTheNextConnectionOn() throws Exception {
        ClientTls client = client();
        TlsPeer before = client.open("localhost");

        // Of another length: of a coarse clock the time may be the same.
        Files.writeString(token, "the-second-token");

        assertThat(tokenFor(before)).isEqualTo("first-token");
        assertThat(tokenFor(client.open("localhost"))).isEqualTo("the-second-token");
    }

    @Test
    void followsSymbolicLinksThatAreSwappedAsKubernetesDoes() throws Exception {
        Files.createDirectories(folder.resolve("..1"));
        Files.createDirectories(folder.resolve("..2"));
        Path first = Files.writeString(folder.resolve("..1/token"), "token-1");
        Path second = Files.writeString(folder.resolve("..2/token"), "token-2");
        Files.setLastModifiedTime(second, Files.getLastModifiedTime(first));
        Files.createSymbolicLink(folder.resolve("..data"), Path.of("..1"));
        Path link = Files.createSymbolicLink(folder.resolve("mounted"), Path.of("..data/token"));
        ClientTls client = client(new Settings(ca, null, null, null, link, false));
        String before = tokenFor(client.open("localhost"));

        Files.createSymbolicLink(folder.resolve("..data_tmp"), Path.of("..2"));
        Files.move(folder.resolve("..data_tmp"), folder.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);

        assertThat(before).isEqualTo("token-1");
        assertThat(tokenFor(client.open("localhost"))).isEqualTo("token-2");
    }

    @Test
    void keepsTheLastGoodContentAndReportsABadOneOnce() throws Exception {
        ClientTls client = client();
        client.verifyFiles();

        replace("token", "");
        String afterEmpty = tokenFor(client.open("localhost"));
        String again = tokenFor(client.open("localhost"));
        Files.delete(token);
        String afterDelete = tokenFor(client.open("localhost"));
        replace("token", "second-token");
        String afterGood = tokenFor(client.open("localhost"));

        assertThat(List.of(afterEmpty, again, afterDelete)).containsOnly("first-token");
        assertThat(afterGood).isEqualTo("second-token");
        assertThat(reports)
                .containsExactly(
                        "token-file: " + token + " is empty; what was read before stays in use",
                        "token-file: " + token + " does not exist; what was read before stays in use");
    }

    @Test
    void reportsTheSameFaultAnewAfterTheFileWasGood() throws Exception {
        ClientTls client = client();
        client.verifyFiles();

        for (String content : List.of("", "second-token", "")) {
            replace("token", content);
            client.open("localhost");
        }

        assertThat(reports).hasSize(2);
    }

    @Test
    void keepsTheOldPairWhileOnlyOneOfCertificateAndKeyIsReplaced() throws Exception {
        ClientTls client = client();
        client.verifyFiles();

        replace("client.pem", NEW_CLIENT.getCertificatePEM());
        FakeTlsServer.Seen between = handshake(client.open("localhost"));
        replace("client.key", NEW_CLIENT.getPrivateKeyPEM());
        FakeTlsServer.Seen after = handshake(client.open("localhost"));

        assertThat(between.clientChain()).containsExactly(CLIENT.getCertificate());
        assertThat(after.clientChain()).containsExactly(NEW_CLIENT.getCertificate());
        assertThat(reports)
                .containsExactly("client-key: " + key + " is not the key of the first certificate in " + certificate
                        + "; what was read before stays in use");
    }

    @Test
    void tellsNothingSecretWhateverTheFilesHold() throws Exception {
        ClientTls client = client();
        client.verifyFiles();
        String secret = "c2VjcmV0LXNlY3JldA";

        for (String content : List.of(
                secret + " " + secret,
                "-----BEGIN PRIVATE KEY-----\n" + secret + "\n-----END PRIVATE KEY-----",
                "-----BEGIN EC PRIVATE KEY-----\n" + secret + "!\n-----END EC PRIVATE KEY-----",
                "-----BEGIN " + secret + "-----\n" + secret)) {
            replace("client.key", content);
            replace("token", content);
            replace("ca.pem", content);
            client.open("localhost");
        }

        assertThat(reports).hasSizeGreaterThan(5).noneMatch(report -> report.contains(secret));
    }

    private Settings settings() {
        return new Settings(ca, null, certificate, key, token, false);
    }

    private ClientTls client() {
        return client(settings());
    }

    private ClientTls client(Settings settings) {
        return new ClientTls(settings, Optional::empty, TestPki.CLOCK, reports::add);
    }

    private void assertFault(String setting, String message) {
        ClientTls client = client();

        assertThatExceptionOfType(TlsSettingsException.class)
                .isThrownBy(client::verifyFiles)
                .withMessage(message)
                .satisfies(e -> assertThat(e.setting()).isEqualTo(setting));
        assertThat(reports).isEmpty();
    }

    private static Verdict verdict(ClientTls client, X509Bundle identity) throws Exception {
        TlsPeer peer = client.open("localhost");
        try (FakeTlsServer server = new FakeTlsServer(identity, "TLSv1.3")) {
            EngineClient.exchange(peer, server.port());
        } catch (SSLException e) {
            // A refused server; the verdict says so.
        }
        return Objects.requireNonNull(peer.identity()).verdict();
    }

    private static String tokenFor(TlsPeer peer) throws Exception {
        handshake(peer);
        return peer.authorization()
                .map(text -> text.substring("Bearer ".length()))
                .orElse("none");
    }

    private static FakeTlsServer.Seen handshake(TlsPeer peer) throws Exception {
        try (FakeTlsServer server = new FakeTlsServer(SERVER, "TLSv1.3")) {
            EngineClient.exchange(peer, server.port());
            return server.nextClient();
        }
    }

    private Path write(String name, String content) throws IOException {
        return Files.writeString(folder.resolve(name), content);
    }

    private void replace(String name, String content) throws IOException {
        Path next = write(name + ".new", content);
        Files.move(next, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }
}
