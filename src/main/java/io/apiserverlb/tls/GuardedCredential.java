package io.apiserverlb.tls;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Offers the client certificate of one connection once its server is verified, and nothing before.
 *
 * <p>The JDK asks after it has checked the server's certificate: in TLS 1.2 because the request for a client certificate
 * comes later, in TLS 1.3, where it comes earlier, because the answer is written last. The CAs that the server names in
 * its request are not looked at: whoever configures a certificate wants it sent, and a list without its issuer does not
 * mean that the server cannot use it.
 */
final class GuardedCredential extends X509ExtendedKeyManager {

    private static final String ALIAS = "client";

    private final ClientCredential credential;
    private final BooleanSupplier serverIsVerified;

    GuardedCredential(ClientCredential credential, BooleanSupplier serverIsVerified) {
        this.credential = credential;
        this.serverIsVerified = serverIsVerified;
    }

    @Override
    public @Nullable String chooseEngineClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        boolean usable = Arrays.asList(keyTypes).contains(credential.key().getAlgorithm());
        return usable && serverIsVerified.getAsBoolean() ? ALIAS : null;
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
        return credential.chain().toArray(X509Certificate[]::new);
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
        return credential.key();
    }

    @Override
    public @Nullable String chooseClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return null;
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        return null;
    }

    @Override
    public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return null;
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        return null;
    }
}
