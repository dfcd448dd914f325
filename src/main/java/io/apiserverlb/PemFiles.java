package io.apiserverlb;

import io.apiserverlb.tls.KeyProof;
import java.security.PrivateKey;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.ssl.PemSslBundleProperties;
import org.springframework.boot.web.server.Ssl;

/**
 * The properties that name a web server's own certificate, its key, and the certificates that clients' are verified by.
 *
 * @param keyPassword of an encrypted key, or null
 */
record PemFiles(
        PemProperty certificate, PemProperty key, @Nullable String keyPassword, PemProperty trust) {
    /** Of a bundle. */
    static PemFiles of(String bundle, PemSslBundleProperties properties) {
        PemSslBundleProperties.Store own = properties.getKeystore();
        return new PemFiles(
                new PemProperty(bundle + ".keystore.certificate", own.getCertificate()),
                new PemProperty(bundle + ".keystore.private-key", own.getPrivateKey()),
                own.getPrivateKeyPassword(),
                new PemProperty(
                        bundle + ".truststore.certificate",
                        properties.getTruststore().getCertificate()));
    }

    /** Named at the web server itself. */
    static PemFiles of(String prefix, Ssl ssl) {
        return new PemFiles(
                new PemProperty(prefix + ".certificate", ssl.getCertificate()),
                new PemProperty(prefix + ".certificate-private-key", ssl.getCertificatePrivateKey()),
                null,
                new PemProperty(prefix + ".trust-certificate", ssl.getTrustCertificate()));
    }

    /** Reads all of them; throws {@link ConfigurationException} for the first that is no good. */
    void verify() {
        var chain = certificate.certificates();
        PrivateKey own = key.privateKey(keyPassword);
        if (!KeyProof.fits(own, chain.get(0))) {
            throw key.refused("it is not the key of the first certificate in " + certificate.name());
        }
        if (trust.isSet()) {
            trust.certificates();
        }
    }
}
