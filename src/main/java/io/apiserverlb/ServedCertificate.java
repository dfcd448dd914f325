package io.apiserverlb;

import io.apiserverlb.tls.KeyProof;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Collections;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslStoreBundle;

/** The certificate that a web server shows with a bundle. */
final class ServedCertificate {
    private ServedCertificate() {}

    /**
     * Reads all that is in the bundle.
     *
     * @throws IllegalStateException in one line without secrets, if a web server cannot serve with it
     */
    static X509Certificate of(SslBundle bundle) {
        SslStoreBundle stores = bundle.getStores();
        KeyStore own = stores.getKeyStore();
        // Read now, as a bad one is to be found now.
        KeyStore unused = stores.getTrustStore();
        if (own == null) {
            throw new IllegalStateException("there is no certificate in it");
        }
        try {
            String alias = alias(own, bundle.getKey().getAlias());
            Key key = own.getKey(alias, password(bundle));
            if (key instanceof PrivateKey known && own.getCertificate(alias) instanceof X509Certificate certificate) {
                if (KeyProof.fits(known, certificate)) {
                    return certificate;
                }
                throw new IllegalStateException("the private key is not that of the first certificate");
            }
            throw new IllegalStateException("there is no private key in it");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the private key cannot be read", e);
        }
    }

    /** As the web server chooses: the one that is configured, or the first with a key. */
    private static String alias(KeyStore store, @Nullable String configured) throws GeneralSecurityException {
        if (configured != null) {
            return configured;
        }
        for (String alias : Collections.list(store.aliases())) {
            if (store.isKeyEntry(alias)) {
                return alias;
            }
        }
        throw new IllegalStateException("there is no private key in it");
    }

    private static char[] password(SslBundle bundle) {
        String ofKey = bundle.getKey().getPassword();
        String password = ofKey == null ? bundle.getStores().getKeyStorePassword() : ofKey;
        return password == null ? new char[0] : password.toCharArray();
    }
}
