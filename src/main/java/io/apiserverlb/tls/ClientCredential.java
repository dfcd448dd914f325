package io.apiserverlb.tls;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/** A client certificate with its issuers, and the private key that belongs to it. Not a record: those print what they hold. */
final class ClientCredential {

    private final List<X509Certificate> chain;
    private final PrivateKey key;

    /** The chain begins with the client's own certificate. */
    ClientCredential(List<X509Certificate> chain, PrivateKey key) {
        this.chain = List.copyOf(chain);
        this.key = key;
    }

    List<X509Certificate> chain() {
        return chain;
    }

    PrivateKey key() {
        return key;
    }

    /** Whether the certificate is that of the key. */
    boolean matches() {
        return KeyProof.fits(key, chain.get(0));
    }
}
