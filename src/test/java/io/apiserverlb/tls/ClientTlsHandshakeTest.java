package io.apiserverlb.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.apiserverlb.tls.ServerIdentity.Verdict;
import io.netty.pkitesting.CertificateBuilder.Algorithm;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientTlsHandshakeTest {

    private static final X509Bundle CA = TestPki.selfSigned(TestPki.authority("CN=cluster-ca"));
    private static final X509Bundle OTHER_CA = TestPki.selfSigned(TestPki.authority("CN=other-ca"));
    private static final X509Bundle SERVER = TestPki.issued(TestPki.server("kubernetes.default.svc"), CA);
    private static final X509Bundle EXPIRED =
            TestPki.issued(TestPki.server("kubernetes.default.svc").notAfter(TestPki.YESTERDAY), CA);
    private static final X509Bundle NOT_YET_VALID =
            TestPki.issued(TestPki.server("kubernetes.default.svc").notBefore(TestPki.TOMORROW), CA);
    private static final X509Bundle CLIENT = TestPki.issued(TestPki.client(), CA);

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void showsItsCredentialsToAVerifiedServer(String protocol) throws Exception {
        TlsPeer peer = clientWithCredentials(CLIENT).open("127.0.0.1");

        FakeTlsServer.Seen seen;
        try (FakeTlsServer server = new FakeTlsServer(SERVER, protocol)) {
            server.demandClientCertificate();
            EngineClient.exchange(peer, server.port());
            seen = server.nextClient();
        }

        assertThat(peer.identity()).extracting(ServerIdentity::verdict).isEqualTo(Verdict.VERIFIED);
        assertThat(seen.clientChain()).containsExactly(CLIENT.getCertificate());
        assertThat(peer.authorization()).contains("Bearer secret-token");
        assertThat(peer.engine().getSession().getProtocol()).isEqualTo(protocol);
    }

    static Stream<Arguments> serversWithAWrongTime() {
        return Stream.of(
                Arguments.of("TLSv1.2", EXPIRED, Verdict.EXPIRED),
                Arguments.of("TLSv1.3", EXPIRED, Verdict.EXPIRED),
                Arguments.of("TLSv1.2", NOT_YET_VALID, Verdict.NOT_YET_VALID),
                Arguments.of("TLSv1.3", NOT_YET_VALID, Verdict.NOT_YET_VALID));
    }

    @ParameterizedTest
    @MethodSource("serversWithAWrongTime")
    void talksToAServerWithAWrongTimeButShowsItNoCredentials(String protocol, X509Bundle identity, Verdict verdict)
            throws Exception {
        TlsPeer peer = clientWithCredentials(CLIENT).open("127.0.0.1");

        FakeTlsServer.Seen seen;
        try (FakeTlsServer server = new FakeTlsServer(identity, protocol)) {
            EngineClient.exchange(peer, server.port());
            seen = server.nextClient();
        }

        assertThat(peer.identity()).extracting(ServerIdentity::verdict).isEqualTo(verdict);
        assertThat(seen.failure()).isEmpty();
        assertThat(seen.clientChain()).isEmpty();
        assertThat(peer.authorization()).isEmpty();
    }

    static Stream<Arguments> refusedServers() {
        X509Bundle stranger = TestPki.issued(TestPki.server("kubernetes.default.svc"), OTHER_CA);
        X509Bundle misnamed = TestPki.issued(TestPki.server("other.example.com"), CA);
        return Stream.of(
                Arguments.of("TLSv1.2", stranger, Verdict.WRONG_ISSUER),
                Arguments.of("TLSv1.3", stranger, Verdict.WRONG_ISSUER),
                Arguments.of("TLSv1.2", misnamed, Verdict.WRONG_NAME),
                Arguments.of("TLSv1.3", misnamed, Verdict.WRONG_NAME));
    }

    @ParameterizedTest
    @MethodSource("refusedServers")
    void failsTheHandshakeOfARefusedServerWithAnAlertAndTellsWhatItSaw(
            String protocol, X509Bundle identity, Verdict verdict) throws Exception {
        TlsPeer peer = clientWithCredentials(CLIENT).open("127.0.0.1");

        FakeTlsServer.Seen seen;
        try (FakeTlsServer server = new FakeTlsServer(identity, protocol)) {
            assertThatExceptionOfType(SSLException.class).isThrownBy(() -> EngineClient.exchange(peer, server.port()));
            seen = server.nextClient();
        }

        assertThat(peer.identity())
                .extracting(ServerIdentity::verdict, ServerIdentity::subject, ServerIdentity::notAfter)
                .containsExactly(verdict, "CN=kube-apiserver", TestPki.IN_A_YEAR);
        assertThat(peer.authorization()).isEmpty();
        assertThat(seen.failure()).contains("alert").contains("certificate_unknown");
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void claimsNothingOfAServerWhereNoCaIsKnown(String protocol) throws Exception {
        TlsPeer peer = client(new ClientTls.Settings(null, null, null, null, null, false))
                .open("127.0.0.1");
        ServerIdentity before = peer.identity();

        try (FakeTlsServer server = new FakeTlsServer(SERVER, protocol)) {
            EngineClient.exchange(peer, server.port());
        }

        assertThat(before).isNull();
        assertThat(peer.identity())
                .isEqualTo(new ServerIdentity(
                        Verdict.UNVERIFIED,
                        "no CA is known",
                        TestPki.YEAR_AGO,
                        TestPki.IN_A_YEAR,
                        "CN=kube-apiserver",
                        List.of("kubernetes.default.svc")));
        assertThat(peer.authorization()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void verifiesTheServerAnewOnEveryConnection(String protocol) throws Exception {
        ClientTls client = clientWithCredentials(CLIENT);
        TlsPeer first = client.open("127.0.0.1");
        TlsPeer second = client.open("127.0.0.1");

        FakeTlsServer.Seen seenFirst;
        FakeTlsServer.Seen seenSecond;
        try (FakeTlsServer server = new FakeTlsServer(SERVER, protocol)) {
            EngineClient.exchange(first, server.port());
            seenFirst = server.nextClient();
            EngineClient.exchange(second, server.port());
            seenSecond = server.nextClient();
        }

        assertThat(second.identity()).isNotNull().isEqualTo(first.identity());
        assertThat(second.authorization()).contains("Bearer secret-token");
        assertThat(seenSecond.sessionId()).isNotEqualTo(seenFirst.sessionId());
        assertThat(seenSecond.clientChain()).isNotEmpty();
    }

    static Stream<Arguments> clientKeys() {
        return Stream.of("TLSv1.2", "TLSv1.3")
                .flatMap(protocol -> Stream.of(Algorithm.ecp256, Algorithm.ecp384, Algorithm.rsa2048, Algorithm.ed25519)
                        .map(algorithm -> Arguments.of(protocol, algorithm)));
    }

    @ParameterizedTest
    @MethodSource("clientKeys")
    void authenticatesWithEveryKindOfKey(String protocol, Algorithm algorithm) throws Exception {
        X509Bundle certificate = TestPki.issued(TestPki.client().algorithm(algorithm), CA);
        TlsPeer peer = clientWithCredentials(certificate).open("127.0.0.1");

        FakeTlsServer.Seen seen;
        try (FakeTlsServer server = new FakeTlsServer(SERVER, protocol)) {
            server.demandClientCertificate();
            EngineClient.exchange(peer, server.port());
            seen = server.nextClient();
        }

        assertThat(seen.clientChain()).containsExactly(certificate.getCertificate());
    }

    static Stream<Arguments> namesSent() {
        return Stream.of(
                Arguments.of(null, "Master-1.Example.com", "master-1.example.com"),
                Arguments.of(null, "localhost", "localhost"),
                Arguments.of(null, "127.0.0.1", ""),
                Arguments.of(null, "::1", ""),
                Arguments.of(null, "not_a_host_name", ""),
                Arguments.of("api.cluster.local", "127.0.0.1", "api.cluster.local"));
    }

    @ParameterizedTest
    @MethodSource("namesSent")
    void sendsTheConfiguredNameOrElseTheHostAsSni(String serverName, String host, String sent) throws Exception {
        TlsPeer peer = client(new ClientTls.Settings(null, serverName, null, null, null, false))
                .open(host);

        FakeTlsServer.Seen seen;
        try (FakeTlsServer server = new FakeTlsServer(SERVER, "TLSv1.3")) {
            EngineClient.exchange(peer, server.port());
            seen = server.nextClient();
        }

        assertThat(String.join(",", seen.serverNames())).isEqualTo(sent);
    }

    private ClientTls clientWithCredentials(X509Bundle certificate) throws IOException {
        // One file for both, as the kubelet keeps them.
        Path pair = Files.writeString(
                folder.resolve("client.pem"), certificate.getCertificatePEM() + certificate.getPrivateKeyPEM());
        Path ca = Files.writeString(folder.resolve("ca.pem"), CA.getCertificatePEM());
        Path token = Files.writeString(folder.resolve("token"), "secret-token\n");
        return client(new ClientTls.Settings(ca, null, pair, pair, token, false));
    }

    private static ClientTls client(ClientTls.Settings settings) {
        return new ClientTls(settings, Optional::empty, TestPki.CLOCK, message -> {
            throw new AssertionError(message);
        });
    }
}
