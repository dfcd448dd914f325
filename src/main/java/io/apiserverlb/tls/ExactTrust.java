package io.apiserverlb.tls;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;

/** Trusts one certificate, by whatever name and however old, and no other: for a server whose certificate lies here. */
public final class ExactTrust extends ClientTrust {
    private final X509Certificate expected;

    private ExactTrust(X509Certificate expected) {
        this.expected = expected;
    }

    /** What makes connections to the server that has this certificate, and shows it nothing. */
    public static SSLContext context(X509Certificate expected) {
        return new ExactTrust(expected).context((GuardedCredential) null);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        if (chain.length == 0 || !chain[0].equals(expected)) {
            throw new CertificateException("another certificate than the configured one");
        }
    }
}
