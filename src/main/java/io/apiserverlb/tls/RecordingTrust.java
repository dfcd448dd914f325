package io.apiserverlb.tls;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** Judges the server of one connection, remembers the verdict, and fails the handshake of a server that is refused. */
final class RecordingTrust extends X509ExtendedTrustManager {

    private final ServerVerification verification;

    /** Written by the thread that runs the handshake, read by any. */
    private volatile @Nullable ServerIdentity identity;

    RecordingTrust(ServerVerification verification) {
        this.verification = verification;
    }

    @Nullable
    ServerIdentity identity() {
        return identity;
    }

    boolean isVerified() {
        ServerIdentity seen = identity;
        return seen != null && seen.verdict() == ServerIdentity.Verdict.VERIFIED;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        ServerIdentity seen = verification.judge(List.of(chain));
        identity = seen;
        if (seen.verdict().refused()) {
            throw new CertificateException(seen.reason());
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        checkServerTrusted(chain, authType);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        checkServerTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw new CertificateException("This is a TLS client");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        checkClientTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        checkClientTrusted(chain, authType);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }
}
