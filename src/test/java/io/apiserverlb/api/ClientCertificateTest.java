package io.apiserverlb.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apiserverlb.pool.Event;
import io.apiserverlb.pool.Events;
import io.apiserverlb.pool.ServerPool;
import io.apiserverlb.testing.TestAuthority;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.TestPropertySource;

/** The rules over TLS, where some client certificates are as good as a token; on a wildcard address. */
@ApiTest
@TestPropertySource(
        properties = {
            "server.address=0.0.0.0",
            "server.ssl.bundle=rest",
            "server.ssl.client-auth=want",
            "test.client-names=admin,CN=odd"
        })
final class ClientCertificateTest {
    private static final TestAuthority OURS = new TestAuthority("ours");
    private static final TestAuthority FOREIGN = new TestAuthority("foreign");

    private final int port;
    private final ServerPool pool;
    private final Events events;

    ClientCertificateTest(@LocalServerPort int port, ServerPool pool, Events events) {
        this.port = port;
        this.pool = pool;
        this.events = events;
    }

    @DynamicPropertySource
    static void bundle(DynamicPropertyRegistry registry) {
        X509Bundle server = OURS.server("localhost");
        registry.add("spring.ssl.bundle.pem.rest.keystore.certificate", server::getCertificatePathPEM);
        registry.add("spring.ssl.bundle.pem.rest.keystore.private-key", server::getPrivateKeyPEM);
        registry.add("spring.ssl.bundle.pem.rest.truststore.certificate", OURS::pem);
    }

    @BeforeEach
    void resetList() {
        ApiUnderTest.reset(pool, "192.0.2.10:6443");
    }

    private HttpResponse<String> delete(@Nullable X509Bundle identity) throws Exception {
        return send("DELETE", "/lb/servers/192.0.2.10", identity);
    }

    private HttpResponse<String> send(String method, String path, @Nullable X509Bundle identity) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        KeyManager[] keys = identity == null ? null : new KeyManager[] {new Insistent(identity)};
        context.init(keys, OURS.server("any").toTrustManagerFactory().getTrustManagers(), null);
        try {
            return HttpClient.newBuilder()
                    .sslContext(context)
                    .build()
                    .send(
                            HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + port + path))
                                    .method(method, HttpRequest.BodyPublishers.noBody())
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
        } finally {
            context.getClientSessionContext().setSessionTimeout(1);
        }
    }

    private static X509Bundle client(TestAuthority authority, String subject) {
        return authority.client(CertificateBuilder.Algorithm.ecp256, subject);
    }

    @Test
    void mayMakeChangesUnderOneOfTheNames() throws Exception {
        HttpResponse<String> answer = delete(client(OURS, "O=ops, CN=admin"));

        assertThat(answer.statusCode()).isEqualTo(204);
        assertThat(events.latest())
                .filteredOn(event -> event.type() == Event.Type.LIST)
                .last()
                .satisfies(event -> assertThat(event.actor()).isEqualTo("rest certificate admin@127.0.0.1"));
    }

    @Test
    void mayNotUnderAnother() throws Exception {
        for (String subject : new String[] {
            "CN=Admin", "CN=admin2", "CN=\"x,CN=admin\"", "O=admin", "OU=\"CN=admin\", CN=node", "CN=node"
        }) {
            HttpResponse<String> answer = delete(client(OURS, subject));

            assertThat(answer.statusCode()).as(subject).isEqualTo(403);
            assertThat(answer.body()).contains("lb.admin.client-names");
        }
        assertThat(pool.list().membership().managed()).hasSize(1);
    }

    @Test
    void mayNotWithoutACertificate() throws Exception {
        assertThat(delete(null).statusCode()).isEqualTo(403);
        assertThat(send("GET", "/lb/events", null).statusCode()).isEqualTo(403);
        assertThat(send("GET", "/lb/servers", null).statusCode()).isEqualTo(200);
    }

    @Test
    void isNeededForWhatActuatorShowsBesideHealthAndMetrics() throws Exception {
        assertThat(send("GET", "/actuator/loggers", null).statusCode()).isEqualTo(403);
        assertThat(send("GET", "/actuator/loggers/ROOT", null).statusCode()).isEqualTo(403);
        assertThat(send("GET", "/actuator/loggers", client(OURS, "CN=node")).statusCode())
                .isEqualTo(403);
        assertThat(send("GET", "/actuator/loggers", client(OURS, "CN=admin")).statusCode())
                .isEqualTo(200);
        for (String open :
                new String[] {"/actuator", "/actuator/health", "/actuator/health/liveness", "/actuator/info"}) {
            assertThat(send("GET", open, null).statusCode()).as(open).isEqualTo(200);
        }
    }

    @Test
    void doesNotGetThroughUnderTheNameOfAnotherAuthority() {
        // Not always the alert: the end of the connection may come before it.
        assertThatThrownBy(() -> delete(client(FOREIGN, "CN=admin"))).isInstanceOf(IOException.class);
        assertThat(pool.list().membership().managed()).hasSize(1);
    }

    /** Shows its certificate to servers that trust none of its issuers as well. */
    private static final class Insistent extends X509ExtendedKeyManager {
        private static final String ALIAS = "own";

        private final PrivateKey key;
        private final X509Certificate[] path;

        Insistent(X509Bundle identity) {
            key = identity.getKeyPair().getPrivate();
            path = identity.getCertificatePath();
        }

        @Override
        public String chooseEngineClientAlias(String[] types, Principal[] issuers, SSLEngine engine) {
            return ALIAS;
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return key;
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return path;
        }

        @Override
        public String[] getClientAliases(String type, Principal[] issuers) {
            return new String[] {ALIAS};
        }

        @Override
        public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
            return ALIAS;
        }

        @Override
        public String[] getServerAliases(String type, Principal[] issuers) {
            return new String[0];
        }

        @Override
        public @Nullable String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
            return null;
        }
    }
}
