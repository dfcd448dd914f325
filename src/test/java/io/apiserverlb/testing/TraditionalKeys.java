package io.apiserverlb.testing;

import java.io.IOException;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.interfaces.ECPrivateKey;
import java.util.Base64;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;

/** Private keys as OpenSSL wrote them before PKCS#8, and Kubernetes' tools still do. */
public final class TraditionalKeys {
    private static final int P256_BITS = 256;

    private TraditionalKeys() {}

    /** Of a key on P-256. */
    public static String sec1(KeyPair keys) {
        BigInteger secret = ((ECPrivateKey) keys.getPrivate()).getS();
        return pem(
                "EC PRIVATE KEY",
                new org.bouncycastle.asn1.sec.ECPrivateKey(P256_BITS, secret, SECObjectIdentifiers.secp256r1));
    }

    public static String pkcs1(KeyPair rsa) {
        try {
            return pem(
                    "RSA PRIVATE KEY",
                    PrivateKeyInfo.getInstance(rsa.getPrivate().getEncoded()).parsePrivateKey());
        } catch (IOException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static String pem(String label, ASN1Encodable key) {
        try {
            String text = Base64.getMimeEncoder(64, new byte[] {'\n'})
                    .encodeToString(key.toASN1Primitive().getEncoded("DER"));
            return "-----BEGIN " + label + "-----\n" + text + "\n-----END " + label + "-----\n";
        } catch (IOException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
