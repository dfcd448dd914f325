package io.apiserverlb.tls;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;

/** Fails the handshake of every server that is not verified. */
final class StrictTrust extends ClientTrust {
    private final ServerVerification verification;

    StrictTrust(ServerVerification verification) {
        this.verification = verification;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        ServerIdentity seen = verification.judge(List.of(chain));
        if (seen.verdict() != ServerIdentity.Verdict.VERIFIED) {
            throw new CertificateException(seen.reason());
        }
    }
}
