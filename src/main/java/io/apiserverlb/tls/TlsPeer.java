package io.apiserverlb.tls;

import java.util.List;
import java.util.Optional;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * The server at the other end of one new TLS connection.
 *
 * <p>The engine is for that one connection and follows the threading rules of {@link SSLEngine}; the other methods may be
 * called by any thread and never block.
 */
public final class TlsPeer {

    private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

    private final RecordingTrust trust;
    private final @Nullable String authorization;
    private final @Nullable ClusterAccess cluster;
    private final SSLEngine engine;

    TlsPeer(
            ServerVerification verification,
            @Nullable ClientCredential credential,
            @Nullable String authorization,
            @Nullable ClusterAccess cluster,
            Optional<String> sni) {
        this.trust = new RecordingTrust(verification);
        this.authorization = authorization;
        this.cluster = cluster;
        this.engine = engine(credential, sni);
    }

    /** A context for this connection alone: without sessions to resume, no handshake can skip the server's certificate. */
    private SSLEngine engine(@Nullable ClientCredential credential, Optional<String> sni) {
        SSLEngine client = trust.context(
                        credential == null ? null : new GuardedCredential(credential, trust::isVerified))
                .createSSLEngine();
        client.setUseClientMode(true);
        SSLParameters parameters = client.getSSLParameters();
        parameters.setProtocols(PROTOCOLS);
        parameters.setServerNames(sni.<List<SNIServerName>>map(name -> List.of(new SNIHostName(name)))
                .orElse(List.of()));
        client.setSSLParameters(parameters);
        return client;
    }

    /** The engine to run the connection with, in client mode, its handshake not begun. */
    public SSLEngine engine() {
        return engine;
    }

    /**
     * What the server showed of itself; null until it has shown its certificate. Stays after a refused handshake. That the
     * certificate is the server's own is proven once the handshake has succeeded.
     */
    public @Nullable ServerIdentity identity() {
        return trust.identity();
    }

    /**
     * What the header {@code Authorization} says to this API server, as it was when the connection was opened; empty if there is nothing
     * to say or the server is not verified. To be asked for after the handshake.
     */
    public Optional<String> authorization() {
        return trust.isVerified() ? Optional.ofNullable(authorization) : Optional.empty();
    }

    /** The same for the cluster's supervisor, which knows the credential that nodes join with. */
    public Optional<String> supervisorAuthorization() {
        return trust.isVerified() && cluster != null ? cluster.authorization() : Optional.empty();
    }

    @Nullable
    ClusterAccess cluster() {
        return cluster;
    }
}
