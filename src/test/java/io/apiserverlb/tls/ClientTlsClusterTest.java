package io.apiserverlb.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apiserverlb.tls.ServerIdentity.Verdict;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a client makes of what is known of the cluster. */
class ClientTlsClusterTest {
    private static final X509Bundle CA = TestPki.selfSigned(TestPki.authority("CN=cluster-ca"));
    private static final X509Bundle OTHER_CA = TestPki.selfSigned(TestPki.authority("CN=other-ca"));
    private static final X509Bundle SERVER = TestPki.issued(TestPki.server("kubernetes.default.svc"), CA);
    private static final X509Bundle CLIENT = TestPki.issued(TestPki.client(), CA);
    private static final String NODE = "Basic bm9kZTpzZXNhbWU=";

    @TempDir
    private Path folder;

    private Optional<ClusterAccess> cluster = Optional.of(access(CA, "Bearer from-cluster"));

    private static ClusterAccess access(X509Bundle ca, String authorization) {
        return ClusterAccess.of(
                ca.getCertificatePEM(), CLIENT.getCertificatePEM(), CLIENT.getPrivateKeyPEM(), authorization);
    }

    private ClientTls client(@Nullable Path ca, @Nullable Path token) {
        return new ClientTls(
                new ClientTls.Settings(ca, null, null, null, token, true), () -> cluster, TestPki.CLOCK, message -> {
                    throw new AssertionError(message);
                });
    }

    private Path write(String name, String content) throws IOException {
        return Files.writeString(folder.resolve(name), content);
    }

    private static FakeTlsServer.Seen exchange(TlsPeer peer) throws Exception {
        try (FakeTlsServer server = new FakeTlsServer(SERVER, "TLSv1.3")) {
            server.demandClientCertificate();
            EngineClient.exchange(peer, server.port());
            return server.nextClient();
        }
    }

    @Test
    void verifiesAndAuthenticatesByWhatTheClusterTells() throws Exception {
        TlsPeer peer = client(null, null).open("127.0.0.1");

        FakeTlsServer.Seen seen = exchange(peer);

        assertThat(peer.identity()).extracting(ServerIdentity::verdict).isEqualTo(Verdict.VERIFIED);
        assertThat(seen.clientChain()).containsExactly(CLIENT.getCertificate());
        assertThat(peer.authorization()).contains("Bearer from-cluster");
        assertThat(peer.supervisorAuthorization()).contains("Bearer from-cluster");
    }

    @Test
    void tellsWhatServersAreVerifiedBy() throws Exception {
        assertThat(Certificates.parse(client(null, null).authorities().orElseThrow()))
                .containsExactly(CA.getCertificate());

        Path both = write("ca.pem", OTHER_CA.getCertificatePEM() + "# and\n" + CA.getCertificatePEM());
        assertThat(Certificates.parse(client(both, null).authorities().orElseThrow()))
                .containsExactlyInAnyOrder(OTHER_CA.getCertificate(), CA.getCertificate());

        cluster = Optional.empty();
        assertThat(client(null, null).authorities()).isEmpty();
    }

    @Test
    void showsTheCredentialOfNodesToSupervisorsOnly() throws Exception {
        cluster = Optional.of(access(CA, NODE));
        TlsPeer peer = client(null, null).open("127.0.0.1");

        exchange(peer);

        assertThat(peer.authorization()).isEmpty();
        assertThat(peer.supervisorAuthorization()).contains(NODE);
    }

    @Test
    void showsNothingToAServerOfAnotherCluster() throws Exception {
        cluster = Optional.of(access(OTHER_CA, NODE));
        TlsPeer peer = client(null, null).open("127.0.0.1");

        try (FakeTlsServer server = new FakeTlsServer(SERVER, "TLSv1.3")) {
            assertThatThrownBy(() -> EngineClient.exchange(peer, server.port())).isInstanceOf(SSLException.class);
            assertThat(server.nextClient().clientChain()).isEmpty();
        }

        assertThat(peer.identity()).extracting(ServerIdentity::verdict).isEqualTo(Verdict.WRONG_ISSUER);
        assertThat(peer.authorization()).isEmpty();
        assertThat(peer.supervisorAuthorization()).isEmpty();
    }

    @Test
    void prefersItsOwnCredentialsAndMixesThemWithNoOthers() throws Exception {
        TlsPeer peer = client(null, write("token", "own")).open("127.0.0.1");

        try (FakeTlsServer server = new FakeTlsServer(SERVER, "TLSv1.3")) {
            EngineClient.exchange(peer, server.port());
            assertThat(server.nextClient().clientChain()).isEmpty();
        }

        assertThat(peer.authorization()).contains("Bearer own");
    }

    @Test
    void prefersItsOwnCa() throws Exception {
        cluster = Optional.of(access(OTHER_CA, "Bearer from-cluster"));
        TlsPeer peer = client(write("ca.pem", CA.getCertificatePEM()), null).open("127.0.0.1");

        exchange(peer);

        assertThat(peer.identity()).extracting(ServerIdentity::verdict).isEqualTo(Verdict.VERIFIED);
        assertThat(peer.authorization()).contains("Bearer from-cluster");
    }

    @Test
    void verifiesNobodyAndShowsNothingUntilTheClusterIsKnown() throws Exception {
        ClientTls client = client(null, write("token", "own"));
        Optional<ClusterAccess> later = cluster;
        cluster = Optional.empty();
        TlsPeer early = client.open("127.0.0.1");
        try (FakeTlsServer server = new FakeTlsServer(SERVER, "TLSv1.3")) {
            EngineClient.exchange(early, server.port());
        }

        cluster = later;
        TlsPeer late = client.open("127.0.0.1");
        try (FakeTlsServer server = new FakeTlsServer(SERVER, "TLSv1.3")) {
            EngineClient.exchange(late, server.port());
        }

        assertThat(early.identity()).extracting(ServerIdentity::verdict).isEqualTo(Verdict.UNVERIFIED);
        assertThat(early.authorization()).isEmpty();
        assertThat(late.authorization()).contains("Bearer own");
    }
}
