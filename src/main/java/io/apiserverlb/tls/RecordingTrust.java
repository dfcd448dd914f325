package io.apiserverlb.tls;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Judges the server of one connection, remembers the verdict, and fails the handshake of a server that is refused. */
final class RecordingTrust extends ClientTrust {

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
}
